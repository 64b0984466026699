package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** What this room counts. */
final class UpstreamMeters {
    private final MeterRegistry registry;
    private final String upstream;
    private final Counter draftedTokens;
    private final Timer firstToken;
    private final Map<ErrorKind, Counter> failed = new EnumMap<>(ErrorKind.class);
    private final Counter completed;
    private final Counter cut;
    private final Counter passed;

    UpstreamMeters(MeterRegistry registry, String upstream) {
        this.registry = registry;
        this.upstream = upstream;
        this.draftedTokens = Counter.builder("trimtab.upstream.drafted")
                .description("Tokens that the upstream streamed in drafts, decided or not")
                .baseUnit("tokens")
                .tag("upstream", upstream)
                .register(registry);
        this.firstToken = Timer.builder("trimtab.upstream.first.token")
                .description("Time from a draft's call to its first token")
                .tag("upstream", upstream)
                .publishPercentileHistogram()
                .register(registry);
        this.completed = calls("draft", "completed");
        this.cut = calls("draft", "cut");
        this.passed = calls("pass", "completed");
        for (ErrorKind kind : ErrorKind.values()) {
            failed.put(kind, calls("draft", kind.name().toLowerCase(Locale.ROOT)));
        }
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

    Mono<Passed> passed(Mono<Passed> answer) {
        return answer.doOnSuccess(any -> passed.increment()).doOnError(ApiException.class, failure -> calls(
                        "pass", failure.kind().name().toLowerCase(Locale.ROOT))
                .increment());
    }

    /** Counts how a call ends: completed, cut by cancelling, or failed with a kind. */
    <T> Flux<T> called(Flux<T> answer) {
        return answer.doOnError(this::failed).doFinally(signal -> {
            if (signal == SignalType.ON_COMPLETE) {
                completed.increment();
            } else if (signal == SignalType.CANCEL) {
                cut.increment();
            }
        });
    }

    private void failed(Throwable failure) {
        ErrorKind kind = failure instanceof ApiException known ? known.kind() : ErrorKind.INTERNAL;
        failed.getOrDefault(kind, completed).increment();
    }

    /** Counts drafted tokens and times the first. */
    Flux<DraftEvent> drafted(Flux<DraftEvent> draft) {
        return Flux.defer(() -> {
            Timer.Sample start = Timer.start(registry);
            boolean[] first = {true};
            return draft.doOnNext(event -> {
                if (event instanceof DraftEvent.Drawn) {
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
