package dev.trimtab.gateway;

import dev.trimtab.upstream.Passed;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.Upstream.Body;
import io.netty.handler.codec.http.HttpMethod;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
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

    Mono<ServerResponse> pass(ServerRequest request, Body body) {
        return ask(request, body).map(PassedAnswer::new);
    }

    /** The upstream's answer to the request with another body. */
    Mono<Passed> ask(ServerRequest request, Body body) {
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
}
