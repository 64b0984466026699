package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Usage;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** What this room counts. */
final class UpstreamMeters {
    private final MeterRegistry registry;
    private final String upstream;
    private final Counter draftedTokens;
    private final Counter readTokens;
    private final Counter writtenTokens;
    private final Timer firstToken;
    private final Counter retries;
    private final Counter leftAlone;
    private final Outcomes drafts;
    private final Outcomes passes;

    /**
     * Generation calls of one purpose, by how they end: completed, cut by cancelling, or failed with a kind. A call is
     * counted before who asked for it learns of its end.
     */
    private record Outcomes(Counter completed, Counter cut, Map<ErrorKind, Counter> failed) {
        <T> Flux<T> counted(Flux<T> answer) {
            return answer.doOnError(this::failed)
                    .doOnComplete(completed::increment)
                    .doFinally(signal -> {
                        if (signal == SignalType.CANCEL) {
                            cut.increment();
                        }
                    });
        }

        void failed(Throwable failure) {
            ErrorKind kind = failure instanceof ApiException known ? known.kind() : ErrorKind.INTERNAL;
            failed.getOrDefault(kind, completed).increment();
        }
    }

    UpstreamMeters(MeterRegistry registry, String upstream) {
        this.registry = registry;
        this.upstream = upstream;
        this.draftedTokens = Counter.builder("trimtab.upstream.drafted")
                .description("Tokens that the upstream streamed in drafts, decided or not")
                .baseUnit("tokens")
                .tag("upstream", upstream)
                .register(registry);
        this.readTokens = billed("prompt");
        this.writtenTokens = billed("completion");
        this.firstToken = Timer.builder("trimtab.upstream.first.token")
                .description("Time from a draft's call to its first token")
                .tag("upstream", upstream)
                .publishPercentileHistogram()
                .register(registry);
        this.retries = Counter.builder("trimtab.upstream.retries")
                .description("Drafts asked for again since nothing had arrived of them")
                .baseUnit("calls")
                .tag("upstream", upstream)
                .register(registry);
        this.leftAlone = Counter.builder("trimtab.upstream.breaker.refused")
                .description("Calls not made while the upstream was left alone after too many failures")
                .baseUnit("calls")
                .tag("upstream", upstream)
                .register(registry);
        this.drafts = outcomes("draft");
        this.passes = outcomes("pass");
    }

    private Counter billed(String kind) {
        return Counter.builder("trimtab.upstream.billed")
                .description(
                        "Tokens of drafts by the upstream's own count, which it does not tell of those that are cut")
                .baseUnit("tokens")
                .tag("upstream", upstream)
                .tag("kind", kind)
                .register(registry);
    }

    private Outcomes outcomes(String purpose) {
        Map<ErrorKind, Counter> failed = new EnumMap<>(ErrorKind.class);
        for (ErrorKind kind : ErrorKind.values()) {
            failed.put(kind, calls(purpose, kind.name().toLowerCase(Locale.ROOT)));
        }
        return new Outcomes(calls(purpose, "completed"), calls(purpose, "cut"), failed);
    }

    private Counter calls(String purpose, String outcome) {
        return Counter.builder("trimtab.upstream.calls")
                .description("Generation calls to the upstream by purpose and outcome")
                .baseUnit("calls")
                .tag("upstream", upstream)
                .tag("purpose", purpose)
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Shows whether the upstream is left alone. */
    void watch(Breaker breaker) {
        for (State state : List.of(State.CLOSED, State.HALF_OPEN, State.OPEN)) {
            Gauge.builder("trimtab.upstream.breaker.state", breaker, watched -> watched.state() == state ? 1 : 0)
                    .description("1 in the breaker's state: closed, open (nothing is asked), half_open (it is tried)")
                    .tag("upstream", upstream)
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    /** Counts the connections of a purpose. */
    Connections connections(String purpose) {
        Connections counted = new Connections();
        connections(purpose, "active", counted, Connections::active);
        connections(purpose, "idle", counted, Connections::idle);
        connections(purpose, "waiting", counted, Connections::waiting);
        return counted;
    }

    private void connections(String purpose, String state, Connections counted, ToDoubleFunction<Connections> count) {
        Gauge.builder("trimtab.upstream.connections", counted, count)
                .description("Connections by purpose: active, idle, and calls that wait for one")
                .baseUnit("connections")
                .strongReference(true)
                .tag("upstream", upstream)
                .tag("purpose", purpose)
                .tag("state", state)
                .register(registry);
    }

    void retried() {
        retries.increment();
    }

    void leftAlone() {
        leftAlone.increment();
    }

    /** Counts how a passed call ends: with its body, or before there is one. */
    Mono<Passed> passed(Mono<Passed> answer) {
        return answer.doOnError(passes::failed)
                .doOnCancel(passes.cut()::increment)
                .map(passed -> new Passed(passed.status(), passed.headers(), passes.counted(passed.body())));
    }

    /** Counts how a draft's call ends, and what the upstream says that it read and wrote. */
    Flux<AnswerChunk> called(Flux<AnswerChunk> answer) {
        return Flux.defer(() -> {
            Usage[] last = {new Usage(0, 0)};
            return drafts.counted(answer.doOnNext(chunk -> {
                if (chunk.usage() != null) {
                    readTokens.increment(chunk.usage().promptTokens() - last[0].promptTokens());
                    writtenTokens.increment(chunk.usage().completionTokens() - last[0].completionTokens());
                    last[0] = chunk.usage();
                }
            }));
        });
    }

    /** Counts drafted tokens and times the first. */
    <T> Flux<T> drafted(Flux<T> draft, Function<T, DraftEvent> event) {
        return Flux.defer(() -> {
            Timer.Sample start = Timer.start(registry);
            boolean[] first = {true};
            return draft.doOnNext(one -> {
                if (event.apply(one) instanceof DraftEvent.Drawn) {
                    draftedTokens.increment();
                    if (first[0]) {
                        first[0] = false;
                        start.stop(firstToken);
                    }
                }
            });
        });
    }
}
