package dev.trimtab.upstream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The pause behind a draft that was cut, before a server that notices this when it has drawn its next token: what is asked
 * earlier falls to another of its slots, which reads the whole prompt anew. Confined to one choice: one draft at a time.
 */
final class CutPause {
    /** In tokens: the one that is being drawn, and one in hand. */
    private static final int TOKENS = 2;

    private final boolean needed;
    private final Scheduler clock = Schedulers.parallel();
    private long first;
    private long drawn;
    private long each;
    private long over;

    /** @param needed whether the server is one of these */
    CutPause(boolean needed) {
        this.needed = needed;
    }

    /** Counts a draft's tokens and sees where it is cut. */
    Flux<DraftEvent> watched(Flux<DraftEvent> draft) {
        return draft.doOnSubscribe(begun -> drawn = 0)
                .doOnNext(event -> {
                    if (event instanceof DraftEvent.Drawn) {
                        drew();
                    }
                })
                .doOnCancel(() -> over = now() + TOKENS * each);
    }

    private void drew() {
        first = drawn == 0 ? now() : first;
        each = drawn == 0 ? each : (now() - first) / drawn;
        drawn++;
    }

    /** Ends when the server has noticed the last cut. */
    Mono<Void> over() {
        long left = over - now();
        return needed && left > 0 ? Mono.delay(Duration.ofNanos(left), clock).then() : Mono.empty();
    }

    private long now() {
        return clock.now(TimeUnit.NANOSECONDS);
    }
}
