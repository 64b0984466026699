package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.upstream.Resilience.Breaking;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BreakerTest {
    private static final int CALLS = 4;
    private static final ApiException FAILED = new ApiException(ErrorKind.UPSTREAM_FAILED, "failed");
    private static final ApiException REJECTED = new ApiException(ErrorKind.UPSTREAM_REJECTED, "no");

    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();

    private Breaker breaker(Duration openTime) {
        return new Breaker("backup", new Breaking(50, CALLS, openTime), "bad"::equals, refused::incrementAndGet);
    }

    private Flux<String> call(Breaker breaker, Flux<String> answer) {
        return breaker.guarded(answer.doOnSubscribe(subscription -> made.incrementAndGet()));
    }

    private void callOften(Breaker breaker, Flux<String> answer) {
        for (int i = 0; i < CALLS; i++) {
            call(breaker, answer).onErrorComplete().blockLast();
        }
    }

    @Test
    void upstreamThatFails_isLeftAlone_andTheClientIsToldForHowLong() {
        Breaker breaker = breaker(Duration.ofSeconds(10));
        callOften(breaker, Flux.error(FAILED));

        StepVerifier.create(call(breaker, Flux.just("token"))).verifyErrorSatisfies(failure -> {
            ApiException told = (ApiException) failure;
            assertThat(told.status()).isEqualTo(503);
            assertThat(told.retryAfter()).isEqualTo(Duration.ofSeconds(10));
            assertThat(told).hasMessageContaining("upstream backup has failed too often");
        });
        assertThat(made).hasValue(CALLS);
        assertThat(refused).hasValue(1);
    }

    @Test
    void upstreamThatIsWellAgain_isAskedAgain_afterATime() {
        Breaker breaker = breaker(Duration.ofMillis(20));
        callOften(breaker, Flux.error(FAILED));

        await().atMost(Duration.ofSeconds(10)).until(() -> {
            call(breaker, Flux.just("token")).onErrorComplete().blockLast();
            return breaker.state() == State.CLOSED;
        });
    }

    @Test
    void answerThatBeganWell_isNoFailure_whateverBecomesOfIt() {
        Breaker breaker = breaker(Duration.ofSeconds(10));
        callOften(breaker, Flux.just("token").concatWith(Flux.error(FAILED)));

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void answerThatIsAnError_isAFailure_thoughItArrives() {
        Breaker breaker = breaker(Duration.ofSeconds(10));
        callOften(breaker, Flux.just("bad"));

        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void rejection_andTooManyCalls_andCancelling_openNothing() {
        Breaker breaker = breaker(Duration.ofSeconds(10));
        callOften(breaker, Flux.error(REJECTED));
        callOften(breaker, Flux.error(REJECTED.withStatus(429)));
        callOften(breaker, Flux.error(new ApiException(ErrorKind.OVERLOADED, "no room")));
        for (int i = 0; i < CALLS; i++) {
            call(breaker, Flux.never()).takeUntilOther(Mono.just("leave")).blockLast();
        }

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneTrialThatIsCancelled_doesNotKeepTheNextOut() {
        Breaker breaker = breaker(Duration.ofMillis(20));
        callOften(breaker, Flux.error(FAILED));
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            call(breaker, Flux.never())
                    .takeUntilOther(Mono.just("leave"))
                    .onErrorComplete()
                    .blockLast();
            return breaker.state() == State.HALF_OPEN;
        });
        for (int i = 0; i < 10; i++) {
            call(breaker, Flux.never()).takeUntilOther(Mono.just("leave")).blockLast();
        }
        assertThat(call(breaker, Flux.just("token")).blockLast()).isEqualTo("token");
    }
}
