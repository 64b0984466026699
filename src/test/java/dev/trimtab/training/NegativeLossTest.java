package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.trimtab.training.ScorerLesson.ScoredCandidates;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each loss against its definition, summed over outcomes in doubles. */
class NegativeLossTest {
    private static final double ALPHA = 2.5;
    private static final double SMOOTHING = 1e-6;
    private static final double ROUNDING = 1e-4;

    /** Unwanted: the one that was drawn. */
    private static final TestStep ONE_UNWANTED =
            new TestStep(new double[] {0.4, 0.25, 0.05, 0.3}, new double[] {-4, -7, -5.5}, 1, 1);

    private static final TestStep SEVERAL_UNWANTED =
            new TestStep(new double[] {0.2, 0.35, 0.35, 0.1}, new double[] {-6, -3, -5}, 0, 0, 2);

    /** Of fewer candidates, so that it is filled up beside the others. */
    private static final TestStep NONE_UNWANTED =
            new TestStep(new double[] {0.5, 0.2, 0.3}, new double[] {-6.5, -4.5}, 1);

    /**
     * A step.
     *
     * @param upstream the upstream's law q; the last outcome is the rest
     * @param raw what a scorer that lowers says of the candidates
     */
    private record TestStep(double[] upstream, double[] raw, int gold, int... unwanted) {
        private boolean isUnwanted(int outcome) {
            return Arrays.stream(unwanted).anyMatch(one -> one == outcome);
        }

        private double sum(IntToDoubleFunction ofOutcome) {
            return IntStream.range(0, upstream.length).mapToDouble(ofOutcome).sum();
        }

        /** p. */
        private double[] served() {
            return normalised(IntStream.range(0, upstream.length)
                    .mapToDouble(j ->
                            j < raw.length ? upstream[j] / (1 + Math.exp(-raw[j] - ServedLaw.OPEN)) : upstream[j]));
        }

        /** q*. */
        private double[] target() {
            return normalised(IntStream.range(0, upstream.length).mapToDouble(j -> isUnwanted(j) ? 0 : upstream[j]));
        }

        private double forward() {
            double[] p = served();
            double[] target = target();
            return sum(j -> target[j] == 0 ? 0 : target[j] * Math.log(target[j] / p[j]));
        }

        private double reverse() {
            double[] p = served();
            double[] smoothed = normalised(Arrays.stream(target()).map(share -> share + SMOOTHING));
            return sum(j -> p[j] * Math.log(p[j] / smoothed[j]));
        }

        private double likelihood() {
            return -Math.log(served()[gold]);
        }

        private double unwantedLikelihood() {
            double[] p = served();
            return sum(j -> isUnwanted(j) ? Math.log(p[j]) : 0);
        }

        private double unlikelihood() {
            double[] p = served();
            return sum(j -> isUnwanted(j) ? -Math.log(1 - p[j]) : 0);
        }

        private double expected(NegativeLoss loss) {
            boolean negative = unwanted.length > 0;
            double here =
                    switch (loss) {
                        case TNFF -> forward();
                        case TNRR -> reverse();
                        case TNRF -> negative ? reverse() : forward();
                        case TNFLL -> negative ? forward() : likelihood();
                        case TNRLL -> negative ? reverse() : likelihood();
                        case NL -> negative ? unwantedLikelihood() : likelihood();
                        case UL -> negative ? unlikelihood() : likelihood();
                    };
            return negative ? ALPHA * here : here;
        }

        private ScoredCandidates candidates() {
            float[] logprobs = new float[raw.length];
            boolean[] negative = new boolean[raw.length];
            for (int j = 0; j < raw.length; j++) {
                logprobs[j] = (float) Math.log(upstream[j]);
                negative[j] = isUnwanted(j);
            }
            return new ScoredCandidates(
                    new int[raw.length],
                    logprobs,
                    new int[raw.length],
                    negative,
                    Math.log(upstream[raw.length]),
                    1,
                    gold,
                    0,
                    0);
        }
    }

    private static double[] normalised(DoubleStream weights) {
        double[] all = weights.toArray();
        double sum = Arrays.stream(all).sum();
        return Arrays.stream(all).map(weight -> weight / sum).toArray();
    }

    @ParameterizedTest
    @EnumSource(NegativeLoss.class)
    void loss_withAndWithoutAnUnwantedToken_isItsDefinition(NegativeLoss loss) {
        assertDefined(loss, ONE_UNWANTED, NONE_UNWANTED);
    }

    @ParameterizedTest
    @EnumSource(names = {"TNFF", "TNRR"})
    void divergence_whereSeveralTokensAreUnwanted_isItsDefinition(NegativeLoss loss) {
        assertDefined(loss, SEVERAL_UNWANTED, NONE_UNWANTED);
    }

    private static void assertDefined(NegativeLoss loss, TestStep... steps) {
        float[] losses = losses(loss, List.of(steps));

        assertThat(losses).hasSize(steps.length);
        for (int i = 0; i < steps.length; i++) {
            assertThat((double) losses[i]).as("step %s", i).isCloseTo(steps[i].expected(loss), within(ROUNDING));
        }
    }

    private static float[] losses(NegativeLoss loss, List<TestStep> steps) {
        ScorerLesson lesson = new ScorerLesson(
                new int[steps.size()],
                IntStream.range(0, steps.size()).toArray(),
                steps.stream().map(TestStep::candidates).toList());
        try (NDManager manager = NDManager.newBaseManager()) {
            ScorerBatch batch = ScorerBatch.of(List.of(lesson), new float[] {1}, manager);
            ServedLaw law =
                    ServedLaw.of(batch.logprobs(), batch.logRest(), raw(steps, manager), ServedLaw.Effect.LOWERS);
            return loss.of(law, batch, ALPHA).toFloatArray();
        }
    }

    private static NDArray raw(List<TestStep> steps, NDManager manager) {
        int most = steps.stream().mapToInt(step -> step.raw().length).max().orElseThrow();
        float[] raw = new float[steps.size() * most];
        for (int i = 0; i < raw.length; i++) {
            double[] own = steps.get(i / most).raw();
            raw[i] = i % most < own.length ? (float) own[i % most] : 0;
        }
        return manager.create(raw, new Shape(steps.size(), most));
    }
}
