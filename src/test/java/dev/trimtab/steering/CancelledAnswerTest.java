package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.upstream.ScriptedUpstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CancelledAnswerTest {
    @Test
    void meters_ofAnAnswerWhoseClientWentAway_countWhatWasDiscarded() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ScriptedUpstream scripted = new ScriptedUpstream(ScriptedUpstream.capable(5), 3);
        Steering steering = new Steering(scripted.upstream(), registry, () -> 9);
        FixedScorer scorer = new FixedScorer(token -> 4 * Math.sin(token.id()));

        steering.steer(
                        Answered.request(",\"max_tokens\":500,\"seed\":2"),
                        Answered.policy(Route.DRAFTED, FailureMode.CLOSED, Bias.NONE, scorer),
                        null,
                        false)
                .parts()
                .take(5)
                .blockLast(Duration.ofMinutes(1));

        double replaced = registry.get("trimtab.steering.tokens")
                .tag("decision", "replaced")
                .counter()
                .count();
        assertThat(replaced).isPositive();
        assertThat(registry.get("trimtab.steering.discarded").counter().count()).isGreaterThanOrEqualTo(replaced);
    }
}
