package dev.trimtab.bench;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Clients that ask one request after another until they are told to stop; each finishes its last. */
final class SoakLoad {
    private static final Pattern TOKENS = Pattern.compile("\"completion_tokens\":(\\d+)");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final ConnectionProvider connections;
    private final HttpClient client;
    private final Mono<Void> finished;
    private final AtomicInteger requests = new AtomicInteger();
    private final LongAdder tokens = new LongAdder();
    private final LongAdder left = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentSkipListMap<>();
    private volatile boolean stopped;

    /**
     * Starts.
     *
     * @param server without a path
     * @param clients each with one request at a time
     */
    SoakLoad(URI server, int clients) {
        this.connections = ConnectionProvider.create("soak", clients);
        this.client = HttpClient.create(connections)
                .baseUrl(server.toString())
                .headers(headers -> headers.set("content-type", "application/json"));
        this.finished = Flux.range(0, clients)
                .flatMap(one -> Mono.defer(this::next).repeat(() -> !stopped), clients)
                .then()
                .cache();
        var unused = finished.subscribeOn(Schedulers.parallel()).subscribe();
    }

    private Mono<Void> next() {
        SoakRequest request = SoakRequest.of(requests.getAndIncrement());
        return request.taken(answer(request))
                .collect(Collectors.joining())
                .timeout(PATIENCE)
                .doOnNext(answer -> count(request, answer))
                .then()
                .onErrorResume(failure -> {
                    failed(
                            failure instanceof Refused
                                    ? failure.getMessage()
                                    : failure.getClass().getSimpleName());
                    return Mono.delay(Duration.ofMillis(100)).then();
                });
    }

    private Flux<String> answer(SoakRequest request) {
        return client.post()
                .uri("/v1/chat/completions")
                .send(ByteBufFlux.fromString(Mono.just(request.body())))
                .response((head, body) -> head.status().code() == 200
                        ? body.asString()
                        : Flux.error(new Refused(head.status().code())));
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(int status) {
            super("status " + status, null, false, false);
        }
    }

    private void count(SoakRequest request, String answer) {
        Matcher usage = TOKENS.matcher(answer);
        if (request.leaves()) {
            left.increment();
        } else if (request.isWhole(answer) && usage.find()) {
            tokens.add(Long.parseLong(usage.group(1)));
        } else {
            failed("broken off");
        }
    }

    private void failed(@Nullable String kind) {
        errors.computeIfAbsent(String.valueOf(kind), first -> new LongAdder()).increment();
    }

    /** What it has come to so far. */
    String told() {
        return requests + " requests, " + left + " left, " + tokens + " tokens in whole answers, errors " + errors;
    }

    int failures() {
        return errors.values().stream().mapToInt(LongAdder::intValue).sum();
    }

    /** Waits for the last answers and closes the connections. */
    void end() {
        stopped = true;
        finished.block();
        connections.disposeLater().block();
    }
}
