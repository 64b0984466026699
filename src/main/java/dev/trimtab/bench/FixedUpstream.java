package dev.trimtab.bench;

import dev.trimtab.openai.RequestHead;
import io.netty.buffer.Unpooled;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An upstream without a model: it answers every request at once with the same answer, whole or as 64 chunks. */
final class FixedUpstream {
    private FixedUpstream() {}

    static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .map(body -> Canned.of(RequestHead.scan(body).stream()))
                .flatMap(canned -> send(canned, response.header("content-type", canned.contentType())));
    }

    private static Mono<Void> send(Canned canned, HttpServerResponse response) {
        if (!canned.stream()) {
            return response.header("content-length", Integer.toString(canned.length()))
                    .sendByteArray(Mono.just(canned.pieces().get(0)))
                    .then();
        }
        return response.send(Flux.fromIterable(canned.pieces()).map(Unpooled::wrappedBuffer), piece -> true)
                .then();
    }
}
