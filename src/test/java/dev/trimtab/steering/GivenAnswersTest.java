package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.ScriptedUpstream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The law of given tokens, beside p worked out over the whole of a tiny vocabulary, of which four tokens are shown. */
class GivenAnswersTest {
    private static final int SIZE = 7;
    private static final int SHOWN = 4;
    private static final int TRIALS = 300;

    private final SplittableRandom chance = new SplittableRandom(11);

    private static Token token(int id) {
        return new Token(id, new byte[] {(byte) ('a' + id)});
    }

    /** Falling probabilities of the whole vocabulary. */
    private double[] law() {
        double[] weights =
                chance.doubles(SIZE).map(u -> Math.pow(u, 3) + 1e-4).sorted().toArray();
        double total = Arrays.stream(weights).sum();
        return IntStream.range(0, SIZE)
                .mapToDouble(i -> weights[SIZE - 1 - i] / total)
                .toArray();
    }

    private static Step step(double[] law, int drawn) {
        Token[] tokens =
                IntStream.range(0, SHOWN).mapToObj(GivenAnswersTest::token).toArray(Token[]::new);
        double[] logprobs = Arrays.stream(law).limit(SHOWN).map(Math::log).toArray();
        return new Step(token(drawn), Math.log(law[drawn]), new Candidates(tokens, logprobs));
    }

    private static double[] probabilities(GivenAnswers answers, Policy policy, double[] law) {
        CompletionRequest request = Answered.request(",\"temperature\":1");
        return IntStream.range(0, SIZE)
                .mapToDouble(drawn ->
                        Math.exp(Objects.requireNonNull(answers.weigh(request, policy, List.of(step(law, drawn)))
                                        .block())
                                .get(0)
                                .logProbability()))
                .toArray();
    }

    private static double[] normalised(double[] weights) {
        double total = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / total).toArray();
    }

    /** p of the whole vocabulary: thinned, reweighted on S, and the share of S moved where scores are against the rest. */
    private static double[] bruteForce(double[] draft, double[] scores, double[] lowering, boolean moves) {
        double before = 0;
        double after = 0;
        for (int i = 0; i < SHOWN; i++) {
            before += draft[i] * Math.exp(lowering[i]);
            after += draft[i] * Math.exp(lowering[i] + scores[i]);
        }
        double gain = after / before;
        double[] weights = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double reweighted = i < SHOWN ? Math.exp(scores[i] + lowering[i]) / gain * (moves ? gain : 1) : 1;
            weights[i] = draft[i] * reweighted;
        }
        return normalised(weights);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void probabilities_areThoseOfTheLaw_workedOutOverTheWholeVocabulary(boolean moves) {
        GivenAnswers answers =
                new GivenAnswers(new ScriptedUpstream(ScriptedUpstream.capable(SHOWN), 1).upstream(), false);
        for (int trial = 0; trial < TRIALS; trial++) {
            double[] law = law();
            double[] scores = chance.doubles(SIZE, -3, 3).toArray();
            double[] lowering = new double[SIZE];
            lowering[1] = -chance.nextDouble(3);
            lowering[2] = Double.NEGATIVE_INFINITY;
            Bias bias = Bias.parse("id:1\t" + lowering[1] + "\nid:2\t-inf\n");
            Policy policy = Answered.policy(
                    Route.DRAFTED, FailureMode.CLOSED, bias, new FixedScorer(token -> scores[token.id()], moves));

            double[] found = probabilities(answers, policy, law);

            double[] expected = bruteForce(law, scores, lowering, moves);
            for (int i = 0; i < SIZE; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-12));
            }
        }
    }

    @Test
    void probabilities_underABiasThatTheUpstreamHides_areThoseOfWhatItDrawsFrom() {
        Capabilities able = ScriptedUpstream.capable(SHOWN);
        Capabilities hiding = new Capabilities(
                SHOWN,
                ShownLaw.RAW,
                Truncation.Order.TEMPERATURE_FIRST,
                able.continuation(),
                true,
                10,
                able.endRecords(),
                Map.of(),
                Map.of(),
                1,
                100_000,
                SIZE);
        GivenAnswers answers = new GivenAnswers(new ScriptedUpstream(hiding, 1).upstream(), false);
        for (int trial = 0; trial < TRIALS; trial++) {
            double[] law = law();
            double[] scores = chance.doubles(SIZE, -3, 3).toArray();
            double pushed = chance.nextDouble(-2, 2);
            Policy policy = Answered.policy(
                    Route.DRAFTED,
                    FailureMode.CLOSED,
                    Bias.parse("id:1\t" + pushed),
                    new FixedScorer(token -> scores[token.id()], true));
            double[] drawn = law.clone();
            drawn[1] *= Math.exp(pushed);

            double[] found = probabilities(answers, policy, law);

            double[] expected = bruteForce(normalised(drawn), scores, new double[SIZE], true);
            for (int i = 0; i < SIZE; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-12));
            }
            assertThat(answers.shownBias(Answered.request(""), policy)).isEmpty();
        }
    }

    @Test
    void token_thatIsNotTold_isTakenForAsLikelyAsItCanBe() {
        GivenAnswers answers =
                new GivenAnswers(new ScriptedUpstream(ScriptedUpstream.capable(SHOWN), 1).upstream(), false);
        Policy policy = Answered.policy(Route.DRAFTED, FailureMode.CLOSED, Bias.NONE, new FixedScorer(token -> 0));
        Candidates shown =
                new Candidates(new Token[] {token(0), token(1)}, new double[] {Math.log(0.7), Math.log(0.2)});

        GivenToken untold = Objects.requireNonNull(
                        answers.weigh(Answered.request(""), policy, List.of(new Step(token(5), Double.NaN, shown)))
                                .block())
                .get(0);

        assertThat(untold.told()).isFalse();
        assertThat(untold.logProbability()).isCloseTo(Math.log(0.1), within(1e-12));
    }

    @Test
    void answer_withAForbiddenPhrase_isWeighedBehindIt() {
        GivenAnswers answers =
                new GivenAnswers(new ScriptedUpstream(ScriptedUpstream.capable(SHOWN), 1).upstream(), false);
        Phrases phrases = new Phrases(List.of(new Phrases.Rule("rule", List.of("ab"), false, Bias.NONE)));
        Policy policy = Answered.policy(Route.DRAFTED, new Negative(phrases, 0));
        List<Step> steps =
                IntStream.of(0, 1, 2, 0, 1).mapToObj(id -> step(law(), id)).toList();

        List<GivenToken> tokens = Objects.requireNonNull(
                answers.weigh(Answered.request(""), policy, steps).block());

        assertThat(tokens.stream().map(token -> token.logRatio() == Double.NEGATIVE_INFINITY))
                .containsExactly(false, true, false, false, true);
    }
}
