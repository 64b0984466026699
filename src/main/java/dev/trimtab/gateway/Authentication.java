package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets API requests in by their key, as many at once as the key may have in flight, and what makes the gateway act. A key is
 * for the gateway alone and goes no further.
 */
final class Authentication implements WebFilter {
    private static final String KEY = Authentication.class.getName();
    private static final String SCHEME = "bearer ";

    private final List<Caller> callers;

    private record Caller(GatewayKey key, Admission admission) {}

    Authentication(List<GatewayKey> keys, Duration retryAfter) {
        this.callers = keys.stream()
                .map(key -> new Caller(key, new Admission(key.concurrentRequests(), retryAfter)))
                .toList();
    }

    /** The key that a request came with; empty where the gateway asks for none. */
    static Optional<GatewayKey> key(ServerRequest request) {
        return request.attribute(KEY).map(GatewayKey.class::cast);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!needsKey(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        Caller caller = caller(exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
        if (caller == null) {
            exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            return Mono.error(new ApiException(
                            ErrorKind.UNAUTHENTICATED,
                            "Incorrect API key provided (expected: Authorization: Bearer KEY, a key of this gateway's).")
                    .withCode("invalid_api_key"));
        }
        exchange.getAttributes().put(KEY, caller.key());
        ServerHttpRequest request = exchange.getRequest()
                .mutate()
                .headers(headers -> headers.remove(HttpHeaders.AUTHORIZATION))
                .build();
        return caller.admission().filter(exchange.mutate().request(request).build(), chain);
    }

    /** The API, and what makes the gateway do something; looking at it is free, as for those who watch it. */
    private static boolean needsKey(ServerHttpRequest request) {
        String path = request.getPath().value();
        return path.startsWith("/v1/")
                || (path.startsWith("/actuator/") && !request.getMethod().equals(HttpMethod.GET));
    }

    /** Compares with every key, each in the same time whether it matches or not. */
    private @Nullable Caller caller(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        byte[] given =
                DigestUtils.sha256(authorization.substring(SCHEME.length()).strip());
        Caller found = null;
        for (Caller caller : callers) {
            found = MessageDigest.isEqual(caller.key().sha256(), given) ? caller : found;
        }
        return found;
    }
}
