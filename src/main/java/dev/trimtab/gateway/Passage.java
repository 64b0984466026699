package dev.trimtab.gateway;

import dev.trimtab.gateway.Backends.Backend;
import dev.trimtab.openai.ApiException;
import dev.trimtab.upstream.Passed;
import dev.trimtab.upstream.Upstream.Body;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/**
 * Passes a request to the upstream and its answer back, byte for byte, each buffer as it arrives. A client that goes away
 * closes the upstream's connection.
 */
final class Passage {
    private static final String API = "/v1";

    /** As a path still writes them that was decoded once. */
    private static final Pattern DOT = Pattern.compile("(?i)%(?:25)*2e");

    private static final Pattern SLASH = Pattern.compile("(?i)[/\\\\]|%(?:25)*(?:2f|5c)");

    private final Backends backends;

    Passage(Backends backends) {
        this.backends = backends;
    }

    /**
     * Passes a request for generated text on, to another upstream where the first cannot answer.
     *
     * @param candidates the upstreams that may answer, in their order
     */
    Mono<ServerResponse> pass(ServerRequest request, List<Backend> candidates, byte[] body) {
        return Backends.pass(candidates, backend -> {
                    backends.describe(request.exchange().getResponse().getHeaders(), backend);
                    return ask(request, backend, Body.of(backend.body(body)));
                })
                .map(PassedAnswer::new);
    }

    Mono<ServerResponse> pass(ServerRequest request, Body body) {
        return ask(request, body).map(PassedAnswer::new);
    }

    /** The upstream's answer to the request with another body. */
    Mono<Passed> ask(ServerRequest request, Body body) {
        return ask(request, backends.all().get(0), body);
    }

    private static Mono<Passed> ask(ServerRequest request, Backend backend, Body body) {
        return backend.upstream()
                .pass(
                        HttpMethod.valueOf(request.method().name()),
                        target(request),
                        EndToEndHeaders.ofRequest(request.headers().asHttpHeaders()),
                        body);
    }

    /**
     * A path's segments, decoded.
     *
     * @throws ApiException where one climbs, as any server may read it: that would leave the API that the base URL names
     */
    static String[] segments(ServerRequest request) {
        String path = UriUtils.decode(request.uri().getRawPath(), StandardCharsets.UTF_8);
        for (String segment : SLASH.split(DOT.matcher(path).replaceAll("."), -1)) {
            String name = segment.split(";", 2)[0];
            if (name.equals(".") || name.equals("..")) {
                throw ApiException.invalid(null, "path: a segment " + name + " (expected: none)");
            }
        }
        return path.split("/", -1);
    }

    /** The path and query behind the upstream's base URL, which ends in the version as ours does. */
    private static String target(ServerRequest request) {
        String path = request.uri().getRawPath().substring(API.length());
        String query = request.uri().getRawQuery();
        return query == null ? path : path + "?" + query;
    }
}
