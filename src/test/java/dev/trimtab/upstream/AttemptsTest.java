package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.upstream.Resilience.Retries;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class AttemptsTest {
    private static final ApiException LOST = new ApiException(ErrorKind.UPSTREAM_FAILED, "lost");
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();
    private final Attempts attempts =
            new Attempts(new Retries(3, Duration.ofMillis(200), Duration.ofSeconds(5)), retried::incrementAndGet);

    private Flux<String> call(IntFunction<Flux<String>> answer) {
        return attempts.of(Flux.defer(() -> answer.apply(calls.incrementAndGet())));
    }

    @Test
    void callThatFailsBeforeAnything_isMadeAgain_afterAWait() {
        StepVerifier.withVirtualTime(() -> call(n -> n < 3 ? Flux.error(LOST) : Flux.just("token")))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(99))
                .thenAwait(LONG)
                .expectNext("token")
                .verifyComplete();
        assertThat(calls).hasValue(3);
        assertThat(retried).hasValue(2);
    }

    @Test
    void callThatAlwaysFails_endsWithItsOwnFailure_afterItsAttempts() {
        StepVerifier.withVirtualTime(() -> call(n -> Flux.error(LOST)))
                .thenAwait(LONG)
                .verifyErrorSatisfies(failure -> assertThat(failure).isSameAs(LOST));
        assertThat(calls).hasValue(3);
    }

    @Test
    void callThatFailsAfterAToken_isNotMadeAgain() {
        StepVerifier.create(call(n -> Flux.just("token").concatWith(Flux.error(LOST))))
                .expectNext("token")
                .verifyErrorSatisfies(failure -> assertThat(failure).isSameAs(LOST));
        assertThat(calls).hasValue(1);
    }

    @Test
    void rejectionOfTheRequest_andTimeOut_areFinal() {
        for (ErrorKind kind : new ErrorKind[] {
            ErrorKind.UPSTREAM_REJECTED, ErrorKind.UPSTREAM_TIMEOUT, ErrorKind.OVERLOADED, ErrorKind.INVALID_REQUEST
        }) {
            calls.set(0);
            StepVerifier.create(call(n -> Flux.error(new ApiException(kind, "no").withStatus(400))))
                    .verifyError(ApiException.class);
            assertThat(calls).as(kind.name()).hasValue(1);
        }
    }

    @Test
    void askedWait_isWaitedFor_beforeTheNextAttempt() {
        StepVerifier.withVirtualTime(
                        () -> call(n -> n == 1 ? Flux.error(tooMany(Duration.ofSeconds(4))) : Flux.just("token")))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(4))
                .thenAwait(LONG)
                .expectNext("token")
                .verifyComplete();
    }

    @Test
    void askedWaitThatIsTooLong_isNotWaitedFor() {
        StepVerifier.create(call(n -> Flux.error(tooMany(Duration.ofSeconds(6)))))
                .verifyErrorSatisfies(failure ->
                        assertThat(((ApiException) failure).retryAfter()).isEqualTo(Duration.ofSeconds(6)));
        assertThat(calls).hasValue(1);
    }

    private static ApiException tooMany(@Nullable Duration retryAfter) {
        ApiException tooMany = new ApiException(ErrorKind.UPSTREAM_REJECTED, "too many").withStatus(429);
        return retryAfter == null ? tooMany : tooMany.withRetryAfter(retryAfter);
    }
}
