package dev.trimtab.bench;

import java.net.URI;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;

/** The least that a proxy of this making can cost: requests and answers go through byte for byte, and nothing else. */
final class BareProxy {
    private final HttpClient client = HttpClient.create(ConnectionProvider.create("bare", 500));
    private final String upstream;

    /** @param upstream where requests go, without a path */
    BareProxy(URI upstream) {
        this.upstream = upstream.toString();
    }

    Publisher<Void> pass(HttpServerRequest request, HttpServerResponse response) {
        return client.headers(headers -> headers.set(request.requestHeaders()))
                .request(request.method())
                .uri(upstream + request.uri())
                .send(request.receive().retain())
                .response((answer, body) -> answer(answer, body, response));
    }

    private static Mono<Void> answer(HttpClientResponse answer, ByteBufFlux body, HttpServerResponse response) {
        return response.status(answer.status())
                .headers(answer.responseHeaders())
                .send(body.retain())
                .then();
    }
}
