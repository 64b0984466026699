package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.upstream.Resilience.Retries;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Makes a call again that has failed before anything arrived: the tokens that it would have brought are undecided, so
 * nothing is drawn twice. How long the upstream asks to wait is waited for, unless that is too long.
 */
final class Attempts {
    private static final double JITTER = 0.5;

    private final Retries settings;
    private final Runnable again;

    /** @param again told of each attempt but the first */
    Attempts(Retries settings, Runnable again) {
        this.settings = settings;
        this.again = again;
    }

    /** @param call may be subscribed to several times, each one more attempt */
    <T> Flux<T> of(Flux<T> call) {
        return Flux.defer(() -> {
            AtomicBoolean arrived = new AtomicBoolean();
            return call.doOnNext(part -> arrived.set(true))
                    .retryWhen(Retry.backoff(settings.attempts() - 1L, settings.firstWait())
                            .jitter(JITTER)
                            .filter(failure -> !arrived.get() && mayPass(failure))
                            .doBeforeRetryAsync(signal -> Mono.delay(askedWait(signal.failure()))
                                    .doOnNext(waited -> again.run())
                                    .then())
                            .onRetryExhaustedThrow((spec, signal) -> signal.failure()));
        });
    }

    private boolean mayPass(Throwable failure) {
        return failure instanceof ApiException known
                && (known.kind() == ErrorKind.UPSTREAM_FAILED || known.status() == 429)
                && askedWait(known).compareTo(settings.longestAsked()) <= 0;
    }

    private static Duration askedWait(Throwable failure) {
        Duration asked = failure instanceof ApiException known ? known.retryAfter() : null;
        return asked == null ? Duration.ZERO : asked;
    }
}
