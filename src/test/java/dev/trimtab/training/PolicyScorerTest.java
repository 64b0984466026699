package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.scoring.Bias;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.RecitingUpstream;
import dev.trimtab.upstream.Upstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bias that a policy pushes beside its scorer. */
class PolicyScorerTest {
    private static final Token YOU = Token.of(" you");
    private static final Token CHEAP = Token.of(" cheap");
    private static final Token RIVER = Token.of(" river");
    private static final Map<Token, Double> SHOWN_UNDER = Map.of(YOU, 1.25, CHEAP, -2.0, RIVER, 0.7);
    private static final Map<Token, Double> MOVED = Map.of(YOU, 0.333, CHEAP, 1.9991, RIVER, 0.0);

    @Test
    void bias_isTheOneShownUnder_movedByTheScorer_inHundredths() {
        assertThat(bias(SHOWN_UNDER, Map.of(), MOVED, false)).isEqualTo(Map.of(YOU, 1.58, RIVER, 0.7));
    }

    @Test
    void bias_ofAnUpstreamOfWholeNats_isWhole() {
        assertThat(bias(SHOWN_UNDER, Map.of(), MOVED, true)).isEqualTo(Map.of(YOU, 2.0, RIVER, 1.0));
    }

    /** The scorer began with it. */
    @Test
    void hiddenBias_isNotAddedAgain() {
        assertThat(bias(Map.of(), SHOWN_UNDER, Map.of(YOU, 1.583, CHEAP, Double.NEGATIVE_INFINITY), false))
                .isEqualTo(Map.of(YOU, 1.58, CHEAP, Double.NEGATIVE_INFINITY));
    }

    private static Map<Token, Double> bias(
            Map<Token, Double> shownUnder, Map<Token, Double> hidden, Map<Token, Double> ofScorer, boolean whole) {
        try (Upstream upstream = new RecitingUpstream(false, false).upstream(capabilities(whole))) {
            AskedModel model = new AskedModel(upstream, "reciting", "1", Path.of("nowhere"), 1, () -> "");
            ScorerOptions options = new ScorerOptions(1, 16, 64, List.of(0.0), null, null, null, false);
            return new PolicyScorer(List.of(), shownUnder, hidden, true, true, model::rounded, options, 1)
                    .bias(fitted(new Bias(ofScorer)));
        }
    }

    private static FittedScorer fitted(Bias bias) {
        ScorerSettings settings = ScorerSettings.DEFAULT;
        return new FittedScorer(
                new ScorerRequest(List.of(), List.of(), bias, Path.of("nowhere"), "{}", null, null, settings),
                TransformerWeights.random(new TransformerShape(8, 1, 16, 2, 64, false), 1),
                bias,
                Figures.NONE,
                Figures.NONE,
                new GridPoint(0.01, 0),
                1,
                1,
                0,
                Duration.ZERO);
    }

    private static Capabilities capabilities(boolean wholeBias) {
        return new Capabilities(
                3,
                ShownLaw.RAW,
                Truncation.Order.TEMPERATURE_FIRST,
                Continuation.TEXT,
                false,
                300,
                EndRecords.NEVER,
                Map.of(),
                Map.of(),
                1,
                0,
                258,
                false,
                wholeBias,
                Template.NONE,
                false);
    }
}
