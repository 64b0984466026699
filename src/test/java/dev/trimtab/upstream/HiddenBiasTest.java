package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A law over a few tokens that is known whole, of which an upstream shows the heaviest. */
class HiddenBiasTest {
    private static final int SIZE = 40;
    private static final int SHOWN = 6;
    private static final Map<Integer, Double> BIAS = Map.of(1, 2.5, 7, -1.0, 30, 4.0, 35, 1.5);
    private static final double[] RAW = law(Map.of());
    private static final double[] DRAWN = law(BIAS);

    @Test
    void candidates_areToldUnderTheBias_likeliestFirst() {
        Step told = HiddenBias.steps(List.of(step(RAW, 1)), List.of(step(DRAWN, 1)), BIAS)
                .get(0);

        assertThat(told.candidates().size()).isEqualTo(SHOWN);
        for (int i = 0; i < SHOWN; i++) {
            int id = told.candidates().token(i).id();
            assertThat(told.candidates().logprob(i)).isCloseTo(DRAWN[id], within(1e-12));
            assertThat(i == 0
                            || told.candidates().logprob(i - 1)
                                    >= told.candidates().logprob(i))
                    .isTrue();
        }
        assertThat(told.logprob()).isCloseTo(DRAWN[1], within(1e-12));
    }

    @Test
    void wantedTokenThatIsShownUnderTheBiasAlone_isTold() {
        Step raw = step(RAW, 30);
        assertThat(raw.candidates().indexOf(raw.drawn())).isNegative();

        Step told = HiddenBias.steps(
                        List.of(new Step(raw.drawn(), Double.NaN, raw.candidates())), List.of(step(DRAWN, 30)), BIAS)
                .get(0);

        assertThat(told.logprob()).isCloseTo(DRAWN[30], within(1e-12));
    }

    @Test
    void biasThatIsInWhatIsShown_isSeen_andOneThatIsNot_isNot() {
        assertThat(HiddenBias.isSeen(bias -> step(law(bias), 0).candidates())).isTrue();
        assertThat(HiddenBias.isSeen(bias -> step(RAW, 0).candidates())).isFalse();
        assertThat(HiddenBias.isSeen(bias -> Candidates.NONE)).isFalse();
    }

    private static double[] law(Map<Integer, Double> bias) {
        Random random = new Random(5);
        double[] logits = IntStream.range(0, SIZE)
                .mapToDouble(id -> 2 * random.nextGaussian() + bias.getOrDefault(id, 0.0))
                .toArray();
        double all = Math.log(
                IntStream.range(0, SIZE).mapToDouble(id -> Math.exp(logits[id])).sum());
        return IntStream.range(0, SIZE).mapToDouble(id -> logits[id] - all).toArray();
    }

    private static Step step(double[] law, int drawn) {
        int[] top = IntStream.range(0, SIZE)
                .boxed()
                .sorted(Comparator.comparing(id -> -law[id]))
                .limit(SHOWN)
                .mapToInt(id -> id)
                .toArray();
        Token[] tokens = IntStream.of(top).mapToObj(HiddenBiasTest::token).toArray(Token[]::new);
        double[] logprobs = IntStream.of(top).mapToDouble(id -> law[id]).toArray();
        return new Step(token(drawn), law[drawn], new Candidates(tokens, logprobs));
    }

    private static Token token(int id) {
        return new Token(id, new byte[] {(byte) (id + 1)});
    }
}
