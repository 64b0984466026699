package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Coverage and level are tried on synthetic inputs whose truth is known; the bounds were set before they were measured. */
class ResamplingTest {
    private static final int TRIALS = 400;
    private static final int INPUTS = 60;
    private static final ToDoubleFunction<double[]> PER_TOKEN = sums -> sums[0] / sums[1];

    private final Resampling resampling = new Resampling(7, 400);

    /** Inputs of 5 to 24 tokens, each of about the mean in nats, and about as much again for the whole input. */
    private static double[][] inputs(SplittableRandom chance, double mean, double[][] like) {
        double[][] rows = new double[INPUTS][];
        for (int i = 0; i < INPUTS; i++) {
            double tokens = like.length == 0 ? 5 + chance.nextInt(20) : like[i][1];
            double level = chance.nextGaussian(mean, 0.3);
            rows[i] = new double[] {tokens * level, tokens};
        }
        return rows;
    }

    @Test
    void intervals_coverTheTruth_aboutAsOftenAsTheySay() {
        SplittableRandom chance = new SplittableRandom(1);
        int covered = 0;
        int differences = 0;
        for (int i = 0; i < TRIALS; i++) {
            double[][] base = inputs(chance, 2, new double[0][]);
            double[][] steered = inputs(chance, 1.8, base);
            Interval interval = resampling.interval(base, PER_TOKEN);
            Interval gain = resampling.difference(steered, base, PER_TOKEN).interval();
            covered += interval.low() <= 2 && 2 <= interval.high() ? 1 : 0;
            differences += gain.low() <= -0.2 && -0.2 <= gain.high() ? 1 : 0;
        }
        assertThat(covered).isBetween((int) (0.90 * TRIALS), (int) (0.985 * TRIALS));
        assertThat(differences).isBetween((int) (0.90 * TRIALS), (int) (0.985 * TRIALS));
    }

    @Test
    void test_findsNothingWhereNothingIs_andFindsWhatIs() {
        SplittableRandom chance = new SplittableRandom(2);
        int found = 0;
        int missed = 0;
        for (int i = 0; i < TRIALS; i++) {
            double[][] base = inputs(chance, 2, new double[0][]);
            found += resampling
                                    .difference(inputs(chance, 2, base), base, PER_TOKEN)
                                    .pValue()
                            <= 0.05
                    ? 1
                    : 0;
            missed += resampling
                                    .difference(inputs(chance, 1.7, base), base, PER_TOKEN)
                                    .pValue()
                            > 0.05
                    ? 1
                    : 0;
        }
        assertThat(found).isBetween((int) (0.02 * TRIALS), (int) (0.085 * TRIALS));
        assertThat(missed).isLessThan((int) (0.02 * TRIALS));
    }

    @Test
    void difference_turnedRound_isItsNegative_withTheSamePValue() {
        SplittableRandom chance = new SplittableRandom(3);
        double[][] one = inputs(chance, 2, new double[0][]);
        double[][] other = inputs(chance, 1.95, one);

        Difference there = resampling.difference(one, other, PER_TOKEN);
        Difference back = resampling.difference(other, one, PER_TOKEN);

        assertThat(back.pValue()).isEqualTo(there.pValue());
        assertThat(back.interval().value()).isCloseTo(-there.interval().value(), within(1e-12));
        assertThat(back.interval().low()).isCloseTo(-there.interval().high(), within(1e-12));
        assertThat(back.interval().high()).isCloseTo(-there.interval().low(), within(1e-12));
    }

    @Test
    void figures_ofOneSeed_areTheSameAgain() {
        double[][] rows = inputs(new SplittableRandom(4), 2, new double[0][]);
        assertThat(resampling.interval(rows, PER_TOKEN)).isEqualTo(resampling.interval(rows, PER_TOKEN));
        assertThat(resampling.interval(rows, PER_TOKEN)).isNotEqualTo(new Resampling(8, 400).interval(rows, PER_TOKEN));
    }

    @Test
    void difference_ofNothing_isNone() {
        double[][] rows = inputs(new SplittableRandom(5), 2, new double[0][]);
        Difference none = resampling.difference(rows, rows, PER_TOKEN);
        assertThat(none).isEqualTo(new Difference(new Interval(0, 0, 0), 1));
    }

    @Test
    void rows_ofOtherInputs_areRefused() {
        double[][] rows = inputs(new SplittableRandom(6), 2, new double[0][]);
        assertThatThrownBy(() -> resampling.difference(rows, new double[][] {{1, 1}}, PER_TOKEN))
                .hasMessage("inputs: 1 (expected: 60)");
    }
}
