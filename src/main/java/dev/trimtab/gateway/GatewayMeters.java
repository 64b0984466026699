package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/** What the room counts: API requests by endpoint and outcome, those in flight, and the time to their first byte. */
final class GatewayMeters implements WebFilter {
    private final MeterRegistry registry;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<String, Timer> firstBytes = new ConcurrentHashMap<>();
    private final Map<Ending, Counter> requests = new ConcurrentHashMap<>();

    private record Ending(String endpoint, String outcome) {}

    GatewayMeters(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("trimtab.requests.in.flight", inFlight, AtomicInteger::get)
                .description("API requests whose last byte is not written yet")
                .baseUnit("requests")
                .register(registry);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String endpoint = endpoint(exchange.getRequest().getPath().value());
        if (endpoint == null) {
            return chain.filter(exchange);
        }
        return Mono.defer(() -> {
            Timer.Sample start = Timer.start(registry);
            inFlight.incrementAndGet();
            exchange.getResponse()
                    .beforeCommit(() ->
                            Mono.fromRunnable(() -> start.stop(firstBytes.computeIfAbsent(endpoint, this::firstByte))));
            return chain.filter(exchange)
                    .doOnSuccess(done -> count(endpoint, status(exchange)))
                    .doOnError(failure -> count(endpoint, kind(failure)))
                    .doOnCancel(() -> count(endpoint, "cancelled"))
                    .doFinally(signal -> inFlight.decrementAndGet());
        });
    }

    private Timer firstByte(String endpoint) {
        return Timer.builder("trimtab.first.byte")
                .description("Time from a request's headers to the first byte of its answer")
                .tag("endpoint", endpoint)
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(50),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5))
                .register(registry);
    }

    private void count(String endpoint, String outcome) {
        requests.computeIfAbsent(new Ending(endpoint, outcome), this::counter).increment();
    }

    private Counter counter(Ending ending) {
        return Counter.builder("trimtab.requests")
                .description("API requests by endpoint and outcome: a status, an error kind or cancelled")
                .baseUnit("requests")
                .tag("endpoint", ending.endpoint())
                .tag("outcome", ending.outcome())
                .register(registry);
    }

    private static @Nullable String endpoint(String path) {
        if (path.equals("/v1/chat/completions")) {
            return "chat";
        }
        if (path.equals("/v1/completions")) {
            return "completions";
        }
        return path.startsWith("/v1/") ? "other" : null;
    }

    private static String status(ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        return status == null ? "200" : Integer.toString(status.value());
    }

    private static String kind(Throwable failure) {
        if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
            return "cancelled";
        }
        if (failure instanceof ResponseStatusException status) {
            return Integer.toString(status.getStatusCode().value());
        }
        ErrorKind kind = failure instanceof ApiException error ? error.kind() : ErrorKind.INTERNAL;
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
