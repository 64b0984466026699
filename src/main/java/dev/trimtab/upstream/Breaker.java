package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.upstream.Resilience.Breaking;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;

/**
 * Leaves an upstream alone for a while that has failed too often. A call counts by the first that it brings, which may be
 * long before its end; one that is cancelled before counts for nothing, and neither does one for which there was no room.
 */
final class Breaker {
    /** Calls that try whether the upstream is well again. */
    private static final int TRIALS = 3;

    private final CircuitBreaker breaker;
    private final String name;
    private final Duration openTime;
    private final Runnable refused;

    /**
     * @param failed which of the answers that begin well are failures all the same
     * @param refused told of each call that was not made
     */
    Breaker(String name, Breaking settings, Predicate<Object> failed, Runnable refused) {
        this.name = name;
        this.openTime = settings.openTime();
        this.refused = refused;
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(settings.failureRate())
                        .slidingWindowSize(settings.calls())
                        .minimumNumberOfCalls(settings.calls())
                        .waitDurationInOpenState(settings.openTime())
                        .permittedNumberOfCallsInHalfOpenState(TRIALS)
                        .recordResult(failed)
                        .recordException(Breaker::isFailure)
                        .ignoreException(Breaker::saysNothing)
                        .build());
    }

    private static boolean isFailure(Throwable failure) {
        return !(failure instanceof ApiException known) || known.kind() != ErrorKind.UPSTREAM_REJECTED;
    }

    private static boolean saysNothing(Throwable failure) {
        return failure instanceof ApiException known && (known.kind() == ErrorKind.OVERLOADED || known.status() == 429);
    }

    /** The answer, or an error at once while the upstream is left alone. */
    <T> Flux<T> guarded(Flux<T> answer) {
        return Flux.defer(() -> {
            if (!breaker.tryAcquirePermission()) {
                refused.run();
                return Flux.error(leftAlone());
            }
            long began = breaker.getCurrentTimestamp();
            AtomicBoolean counted = new AtomicBoolean();
            return answer.doOnNext(first -> {
                        if (counted.compareAndSet(false, true)) {
                            breaker.onResult(since(began), breaker.getTimestampUnit(), first);
                        }
                    })
                    .doOnError(failure -> {
                        if (counted.compareAndSet(false, true)) {
                            breaker.onError(since(began), breaker.getTimestampUnit(), failure);
                        }
                    })
                    .doFinally(signal -> {
                        if (counted.compareAndSet(false, true)) {
                            breaker.releasePermission();
                        }
                    });
        });
    }

    private long since(long began) {
        return breaker.getCurrentTimestamp() - began;
    }

    private ApiException leftAlone() {
        return new ApiException(
                        ErrorKind.OVERLOADED,
                        "The " + Failures.called(name) + " has failed too often and is left alone for "
                                + openTime.toSeconds() + " s.")
                .withStatus(503)
                .withRetryAfter(openTime);
    }

    State state() {
        return breaker.getState();
    }
}
