package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class CutPauseTest {
    private static final Duration EACH = Duration.ofMillis(20);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
    }

    private void cutAfterThree(CutPause pause) {
        Sinks.Many<DraftEvent> draft = Sinks.many().unicast().onBackpressureBuffer();
        Disposable reader = pause.watched(draft.asFlux()).subscribe();
        for (int i = 0; i < 3; i++) {
            time.advanceTimeBy(EACH);
            draft.tryEmitNext(new DraftEvent.Drawn(new Step(Token.of("t"), Double.NaN, Candidates.NONE), false));
        }
        reader.dispose();
    }

    private boolean[] waits(CutPause pause) {
        boolean[] over = {false};
        pause.over().subscribe(nothing -> {}, failure -> {}, () -> over[0] = true);
        return over;
    }

    @Test
    void nextDraft_waitsForTwoTokensTime_behindACut() {
        CutPause pause = new CutPause(true);
        assertThat(waits(pause)).containsExactly(true);
        cutAfterThree(pause);
        boolean[] over = waits(pause);
        time.advanceTimeBy(EACH.multipliedBy(2).minusMillis(1));
        assertThat(over).containsExactly(false);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(over).containsExactly(true);
        assertThat(waits(pause)).containsExactly(true);
    }

    @Test
    void otherServers_areAskedAtOnce() {
        CutPause pause = new CutPause(false);
        cutAfterThree(pause);
        assertThat(waits(pause)).containsExactly(true);
    }
}
