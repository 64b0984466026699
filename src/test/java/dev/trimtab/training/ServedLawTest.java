package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.trimtab.token.DraftLaw;
import dev.trimtab.token.LogSpace;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.training.ServedLaw.Effect;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The law that is trained on, against the one that is served. */
class ServedLawTest {
    private static final int CANDIDATES = 7;
    private static final int STEPS = 200;
    private static final Offset<Double> ROUNDING = Offset.offset(2e-4);
    private static final DraftLaw PLAIN = new DraftLaw(1, Truncation.NONE, ShownLaw.BIASED, 0);

    /** Random steps: the last outcome is the rest. */
    private final Random random = new Random(5);

    private final double[][] logDraft = steps();

    private double[][] steps() {
        return IntStream.range(0, STEPS)
                .mapToObj(i -> {
                    double[] outcomes = random.doubles(CANDIDATES + 1, -4, 4).toArray();
                    double[] shares = LogSpace.softmax(outcomes);
                    return Arrays.stream(shares).map(Math::log).toArray();
                })
                .toArray(double[][]::new);
    }

    private double[][] scores(double from, double to) {
        return IntStream.range(0, STEPS)
                .mapToObj(i -> random.doubles(CANDIDATES, from, to).toArray())
                .toArray(double[][]::new);
    }

    private static double[] shown(double[] outcomes) {
        return Arrays.copyOf(outcomes, CANDIDATES);
    }

    private static NDArray floats(NDManager manager, double[][] rows, int from, int to) {
        float[] flat = new float[rows.length * (to - from)];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) rows[i / (to - from)][from + i % (to - from)];
        }
        return manager.create(flat, new Shape(rows.length, to - from));
    }

    private ServedLaw trained(NDManager manager, double[][] raw, Effect effect) {
        return ServedLaw.of(
                floats(manager, logDraft, 0, CANDIDATES),
                floats(manager, logDraft, CANDIDATES, CANDIDATES + 1),
                floats(manager, raw, 0, CANDIDATES),
                effect);
    }

    private static StepLaw served(double[] shown, double[] lowering, double[] score, boolean moves) {
        boolean[] all = new boolean[CANDIDATES];
        Arrays.fill(all, true);
        double[] moving = moves ? score : new double[CANDIDATES];
        return StepLaw.of(new ScoredStep(shown, new double[CANDIDATES], lowering, score, moving, all), PLAIN, false);
    }

    @ParameterizedTest
    @EnumSource(
            value = Effect.class,
            names = {"MOVES", "KEEPS"})
    void law_ofScores_isTheServedOne(Effect effect) {
        double[][] scores = scores(-3, 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            ServedLaw law = trained(manager, scores, effect);
            float[] logTarget = law.logTarget().toFloatArray();
            float[] suppressed = law.suppressed().toFloatArray();
            for (int i = 0; i < STEPS; i++) {
                StepLaw served = served(shown(logDraft[i]), new double[CANDIDATES], scores[i], effect == Effect.MOVES);
                assertThat((double) suppressed[i]).isCloseTo(served.suppressedMass(), ROUNDING);
                for (int j = 0; j <= CANDIDATES; j++) {
                    double ratio = served.logRatio(j < CANDIDATES ? j : StepLaw.NOWHERE, 0);
                    assertThat(logTarget[i * (CANDIDATES + 1) + j] - logDraft[i][j])
                            .isCloseTo(ratio, ROUNDING);
                }
            }
        }
    }

    @Test
    void law_ofLowerings_isTheServedOne() {
        double[][] raw = scores(-12, 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            ServedLaw law = trained(manager, raw, Effect.LOWERS);
            float[] lowerings = law.scores().toFloatArray();
            float[] logTarget = law.logTarget().toFloatArray();
            float[] suppressed = law.suppressed().toFloatArray();
            for (int i = 0; i < STEPS; i++) {
                double[] lowering = new double[CANDIDATES];
                for (int j = 0; j < CANDIDATES; j++) {
                    lowering[j] = lowerings[i * CANDIDATES + j];
                    double expected = -Math.log1p(Math.exp(-raw[i][j] - ServedLaw.OPEN));
                    assertThat(lowering[j]).isCloseTo(expected, ROUNDING).isNotPositive();
                }
                StepLaw served = served(shown(logDraft[i]), lowering, new double[CANDIDATES], true);
                assertThat((double) suppressed[i]).isCloseTo(served.suppressedMass(), ROUNDING);
                for (int j = 0; j < CANDIDATES; j++) {
                    assertThat(logTarget[i * (CANDIDATES + 1) + j] - logDraft[i][j])
                            .isCloseTo(served.logRatio(j, lowering[j]), ROUNDING);
                }
            }
        }
    }
}
