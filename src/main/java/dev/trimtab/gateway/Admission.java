package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Lets only so many API requests in at once; a request is in until its last byte is written or its client is gone. */
final class Admission implements WebFilter {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final int limit;
    private final Duration retryAfter;

    Admission(int limit, Duration retryAfter) {
        this.limit = limit;
        this.retryAfter = retryAfter;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!exchange.getRequest().getPath().value().startsWith("/v1/")) {
            return chain.filter(exchange);
        }
        return Mono.defer(() -> {
            if (inFlight.incrementAndGet() > limit) {
                inFlight.decrementAndGet();
                return Mono.error(new ApiException(
                                ErrorKind.OVERLOADED, "Too many requests at once (expected: at most " + limit + ").")
                        .withRetryAfter(retryAfter));
            }
            return chain.filter(exchange).doFinally(signal -> inFlight.decrementAndGet());
        });
    }
}
