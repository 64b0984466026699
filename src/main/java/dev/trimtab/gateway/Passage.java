package dev.trimtab.gateway;

import dev.trimtab.upstream.Passed;
import dev.trimtab.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.ReferenceCountUtil;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Passes a request to the upstream and its answer back, byte for byte, each buffer as it arrives. A client that goes away
 * closes the upstream's connection.
 */
final class Passage {
    private static final String API = "/v1";

    private final Upstream upstream;

    Passage(Upstream upstream) {
        this.upstream = upstream;
    }

    Mono<ServerResponse> pass(ServerRequest request, byte[] body) {
        return ask(request, body).flatMap(Passage::answer);
    }

    /** The upstream's answer to the request with another body. */
    Mono<Passed> ask(ServerRequest request, byte[] body) {
        return upstream.pass(
                HttpMethod.valueOf(request.method().name()),
                target(request),
                EndToEndHeaders.ofRequest(request.headers().asHttpHeaders()),
                body);
    }

    /** The path and query behind the upstream's base URL, which ends in the version as ours does. */
    private static String target(ServerRequest request) {
        String path = request.uri().getRawPath().substring(API.length());
        String query = request.uri().getRawQuery();
        return query == null ? path : path + "?" + query;
    }

    /** What came, as our own answer. */
    static Mono<ServerResponse> answer(Passed passed) {
        return ServerResponse.status(passed.status())
                .headers(headers -> EndToEndHeaders.ofAnswer(passed.headers(), headers))
                .body((message, context) -> FlushedBody.write(message, buffers(passed, message.bufferFactory())));
    }

    private static Flux<DataBuffer> buffers(Passed passed, DataBufferFactory buffers) {
        NettyDataBufferFactory netty = (NettyDataBufferFactory) buffers;
        return passed.body()
                .doOnDiscard(ByteBuf.class, ReferenceCountUtil::release)
                .map(netty::wrap);
    }
}
