package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.DraftEvent.Drawn;
import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.ScriptedUpstream;
import dev.trimtab.upstream.Upstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Weights of whole drafts of a small tree, worked out by hand: first a (0.5), b (0.3) or what is not shown (0.2); behind a
 * c (0.6) or the end (0.4). The policy doubles a, trebles c and forbids b.
 */
class DraftWeighingTest {
    private static final Token A = Token.of("a");
    private static final Token B = Token.of("b");
    private static final Token C = Token.of("c");
    private static final Token END = Token.of("");
    private static final Token UNSEEN = Token.of("x");
    private static final Candidates FIRST =
            new Candidates(new Token[] {A, B}, new double[] {Math.log(0.5), Math.log(0.3)});
    private static final Candidates BEHIND_A =
            new Candidates(new Token[] {C, END}, new double[] {Math.log(0.6), Math.log(0.4)});

    private final FixedScorer scorer =
            new FixedScorer(token -> token.equals(A) ? Math.log(2) : token.equals(C) ? Math.log(3) : 0);

    private static Drawn drawn(Token token, Candidates candidates) {
        return new Drawn(new Step(token, Double.NaN, candidates), false);
    }

    private static Draft draft(String reason, Drawn... drawn) {
        return new Draft(List.of(drawn), reason);
    }

    private static List<Double> weights(Policy policy, Draft... drafts) {
        CompletionRequest request = Answered.request(",\"max_tokens\":2");
        Upstream upstream = new ScriptedUpstream(ScriptedUpstream.capable(2), 1).upstream();
        Levers levers = Levers.of(policy, request.sampling(), upstream.asked(null));
        SessionPlan plan = new SessionPlan(
                0,
                policy,
                request.sampling(),
                2,
                1,
                levers,
                upstream.capabilities(),
                Drafting.STREAMED,
                new RunLengths(),
                false,
                false);
        try (DraftWeighing weighing = new DraftWeighing(
                plan,
                ResampledLaw.of(policy, levers, true),
                Prompts.of(request, policy, upstream.asked(null)).get(0),
                new SteeringMeters(new SimpleMeterRegistry(), policy))) {
            return Stream.of(drafts)
                    .map(draft -> Math.exp(
                            weighing.weigh(List.of(draft)).block().get(0).logWeight()))
                    .toList();
        }
    }

    @Test
    void weights_ofEveryLeaf_areTheHandComputedOnes_andTheirMeanIsOne() {
        Policy policy = Answered.policy(Route.RESAMPLED, FailureMode.CLOSED, Bias.forbidding(List.of("b")), scorer);
        List<Double> weights = weights(
                policy,
                draft("length", drawn(A, FIRST), drawn(C, BEHIND_A)),
                draft("stop", drawn(A, FIRST), drawn(END, BEHIND_A)),
                draft("length", drawn(B, FIRST)),
                draft("length", drawn(UNSEEN, FIRST)));

        double first = 1 / 0.7;
        assertThat(weights.get(0)).isCloseTo(first * 3 / 2.2, within(1e-12));
        assertThat(weights.get(1)).isCloseTo(first * 1 / 2.2, within(1e-12));
        assertThat(weights.get(2)).isZero();
        assertThat(weights.get(3)).isCloseTo(first, within(1e-12));
        double mean = 0.5 * (0.6 * weights.get(0) + 0.4 * weights.get(1)) + 0.2 * weights.get(3);
        assertThat(mean).isCloseTo(1, within(1e-12));
    }

    @Test
    void phrase_thatOnlyOneBranchCompletes_countsInTheNormaliserOfTheOther() {
        Phrases phrases = new Phrases(List.of(new Phrases.Rule("rule", List.of("ac"), false, Bias.NONE)));
        Policy bare = Answered.policy(Route.RESAMPLED, new Negative(phrases, 0));
        Policy policy = Answered.policy(Route.RESAMPLED, FailureMode.CLOSED, Bias.NONE, scorer);
        Policy both = new Policy(
                policy.name(),
                policy.version(),
                policy.stage(),
                policy.failureMode(),
                policy.route(),
                null,
                null,
                List.of(),
                policy.bias(),
                policy.scorers(),
                bare.negative(),
                policy.limits(),
                Attachments.NONE);
        Draft forbidden = draft("length", drawn(A, FIRST), drawn(C, BEHIND_A));
        Draft ended = draft("stop", drawn(A, FIRST), drawn(END, BEHIND_A));

        List<Double> perStep = weights(both, forbidden, ended);
        double ratioOfA = 2 / ((0.5 * 2 + 0.3) / 0.8);
        assertThat(perStep.get(0)).isZero();
        assertThat(perStep.get(1)).isCloseTo(ratioOfA / 0.4, within(1e-12));
        assertThat(weights(bare, forbidden, ended)).containsExactly(0.0, 1.0);
    }
}
