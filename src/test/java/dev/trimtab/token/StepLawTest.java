package dev.trimtab.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.token.Truncation.Order;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The emitted law is the target, computed exactly over the whole vocabulary on random cases: no draw is simulated. */
class StepLawTest {
    private static final int V = 300;
    private static final double[] TEMPERATURES = {0.3, 0.7, 1.0, 1.4};
    private static final double[] TOP_PS = {0.5, 0.9, 1.0};

    private final Random random = new Random(2);

    @Test
    void emittedLaw_onRandomCases_isTheTarget() {
        TreeSet<String> kinds = new TreeSet<>();
        for (int n = 0; n < 6_000; n++) {
            Case one = new Case();
            StepLaw law = StepLaw.of(one.step, one.draft);
            double[] emitted = one.emitted(law);
            double[] target = one.target(law);
            if (emitted == null || target == null) {
                continue;
            }
            StepLaw open = StepLaw.of(one.step, one.draft, false);
            double[] openTarget = one.target(open);
            if (openTarget != null) {
                assertThat(totalVariation(one.weighed(open), openTarget))
                        .as("ratios, case %d", n)
                        .isLessThan(1e-10);
            }
            kinds.add(law.getClass().getSimpleName() + " moves " + one.moves);
            assertThat(totalVariation(emitted, target)).as("case %d", n).isLessThan(1e-10);
            for (int v = 0; v < V; v++) {
                if (one.lowering[v] == Double.NEGATIVE_INFINITY) {
                    assertThat(emitted[v]).as("forbidden mass, case %d", n).isZero();
                }
            }
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "ClosedLaw moves false", "ClosedLaw moves true", "OpenLaw moves false", "OpenLaw moves true");
    }

    @Test
    void nothingSaid_everyDraftStands() {
        double[] shown = {Math.log(0.5), Math.log(0.3), Math.log(0.1)};
        StepLaw law = StepLaw.of(ScoredStep.neutral(shown), new DraftLaw(1, Truncation.NONE, ShownLaw.RAW, 0));
        for (int place = -1; place < 3; place++) {
            assertThat(law.thinned(place, 0)).isZero();
            assertThat(law.stands(place)).isEqualTo(1);
        }
        assertThat(law.drift()).isZero();
        assertThat(law.suppressedMass()).isLessThan(1e-12);
    }

    @Test
    void ratio_countsWhatIsSuppressedAtTheStep() {
        double[] shown = {Math.log(0.5), Math.log(0.3), Math.log(0.1)};
        ScoredStep step = scored(shown, new double[] {0, Math.log(2), 0});
        step.lowering()[0] = Double.NEGATIVE_INFINITY;
        ScoredStep kept =
                new ScoredStep(shown, step.hiddenBias(), step.lowering(), step.score(), new double[3], step.eligible());
        StepLaw law = StepLaw.of(kept, new DraftLaw(1, Truncation.NONE, ShownLaw.RAW, 0));

        assertThat(law.logRatio(0, Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Math.exp(law.logRatio(1, 0))).isCloseTo(2 / 1.75 / 0.5, within(1e-12));
        assertThat(Math.exp(law.logRatio(2, 0))).isCloseTo(1 / 1.75 / 0.5, within(1e-12));
        assertThat(Math.exp(law.logRatio(-1, 0))).isCloseTo(1 / 0.5, within(1e-12));
        assertThat(Math.exp(law.logRatio(-1, Math.log(0.25)))).isCloseTo(0.25 / 0.5, within(1e-12));
    }

    @Test
    void ratio_whereTheSupportIsKnownWhole_countsNothingBeyondIt() {
        double[] shown = {Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.04)};
        ScoredStep step = ScoredStep.neutral(shown);
        step.lowering()[0] = Double.NEGATIVE_INFINITY;
        DraftLaw draft = new DraftLaw(1, new Truncation(1, 2, 0, Order.TEMPERATURE_FIRST), ShownLaw.RAW, 100);

        assertThat(Math.exp(StepLaw.of(step, draft, false).logRatio(1, 0))).isCloseTo(0.8 / 0.3, within(1e-12));
    }

    @Test
    void greedy_bestByWeightAndScore_isEmittedAndTiesGoToTheDraft() {
        double[] shown = {-0.5, -1.5, -3};
        ScoredStep step = scored(shown, new double[] {0, 1.0, 2.5});
        StepLaw law = StepLaw.of(step, new DraftLaw(0, Truncation.NONE, ShownLaw.RAW, 0));
        assertThat(law.stands(0)).isEqualTo(1);
        assertThat(law.stands(1)).isEqualTo(1);
        ScoredStep lifted = scored(shown, new double[] {0, 1.1, 2.5});
        StepLaw decided = StepLaw.of(lifted, new DraftLaw(0, Truncation.NONE, ShownLaw.RAW, 0));
        assertThat(decided.stands(0)).isZero();
        assertThat(decided.replacement(0.99)).isEqualTo(1);
        assertThat(decided.stands(-1)).isEqualTo(1);
        assertThat(decided.thinned(-1, Double.NEGATIVE_INFINITY)).isEqualTo(1);
        assertThat(decided.suppressedMass()).isEqualTo(1);
    }

    @Test
    void truncation_edgeTied_leavesTheTiedOnesToTheRest() {
        double[] shown = {Math.log(0.4), Math.log(0.2), Math.log(0.2), Math.log(0.1)};
        DraftLaw draft = new DraftLaw(1, new Truncation(1, 2, 0, Order.TEMPERATURE_FIRST), ShownLaw.RAW, 100);
        StepLaw law = StepLaw.of(ScoredStep.neutral(shown), draft);
        assertThat(law).isInstanceOf(OpenLaw.class);
        assertThat(IntStream.range(0, 4).filter(law::steerable)).containsExactly(0);
    }

    @Test
    void truncation_topKAndMinP_closeTheSupport() {
        double[] shown = {Math.log(0.4), Math.log(0.3), Math.log(0.15), Math.log(0.05)};
        StepLaw byRank = StepLaw.of(
                ScoredStep.neutral(shown),
                new DraftLaw(1, new Truncation(1, 2, 0, Order.TEMPERATURE_FIRST), ShownLaw.RAW, 100));
        assertThat(byRank).isInstanceOf(ClosedLaw.class);
        assertThat(byRank.impossible(2)).isTrue();
        StepLaw byShare = StepLaw.of(
                ScoredStep.neutral(shown),
                new DraftLaw(1, new Truncation(1, 0, 0.3, Order.TEMPERATURE_FIRST), ShownLaw.RAW, 100));
        assertThat(byShare).isInstanceOf(ClosedLaw.class);
        assertThat(byShare.impossible(2)).isFalse();
        assertThat(byShare.impossible(3)).isTrue();
    }

    @Test
    void everythingForbidden_nothingIsLeftToDraw() {
        double[] shown = {Math.log(0.6), Math.log(0.3)};
        ScoredStep step = ScoredStep.neutral(shown);
        Arrays.fill(step.lowering(), Double.NEGATIVE_INFINITY);
        StepLaw law = StepLaw.of(step, new DraftLaw(1, Truncation.NONE, ShownLaw.RAW, 0));
        assertThat(law.thinned(0, Double.NEGATIVE_INFINITY)).isEqualTo(1);
        assertThat(law.fallback(0.5)).isEqualTo(StepLaw.NOWHERE);
    }

    @Test
    void noCandidates_everyDraftStands() {
        StepLaw law = StepLaw.of(
                ScoredStep.neutral(new double[0]),
                new DraftLaw(0.7, new Truncation(0.9, 0, 0, Order.TEMPERATURE_FIRST), ShownLaw.RAW, 0));
        assertThat(law.stands(-1)).isEqualTo(1);
        assertThat(law.suppressedMass()).isZero();
    }

    private static ScoredStep scored(double[] shown, double[] score) {
        ScoredStep neutral = ScoredStep.neutral(shown);
        return new ScoredStep(shown, neutral.hiddenBias(), neutral.lowering(), score, score, neutral.eligible());
    }

    private static double totalVariation(double[] p, double[] q) {
        double sum = 0;
        for (int v = 0; v < V; v++) {
            sum += Math.abs(p[v] - q[v]);
        }
        return sum / 2;
    }

    /** One random upstream, policy and client, known whole; the law sees only what a gateway would. */
    private final class Case {
        final double temperature = TEMPERATURES[random.nextInt(4)];
        final double topP = TOP_PS[random.nextInt(3)];
        final Order order = Order.values()[random.nextInt(2)];
        final int k = random.nextBoolean() ? 5 : 20;
        final boolean moves = random.nextBoolean();
        final double[] bias = new double[V];
        final double[] lowering = new double[V];
        final double[] score = new double[V];
        final double[] d;
        final int[] top;
        final int silentEnd;
        final ScoredStep step;
        final DraftLaw draft;

        Case() {
            double scale = new double[] {1, 2, 4}[random.nextInt(3)];
            double[] q = normalised(random.doubles(V)
                    .map(u -> Math.exp(-Math.log(-Math.log(u)) * scale))
                    .toArray());
            int biasKind = random.nextInt(3);
            boolean hidden = biasKind == 2 && topP == 1;
            if (biasKind == 1 || hidden) {
                for (int i = 0; i < 60; i++) {
                    bias[random.nextInt(V)] = random.nextGaussian() * 2;
                }
            }
            double strength = new double[] {0, 0.5, 3}[random.nextInt(3)];
            for (int v = 0; v < V; v++) {
                score[v] = random.nextGaussian() * strength;
                lowering[v] = random.nextDouble() < 0.1 ? Math.log(random.nextDouble()) : 0;
            }
            for (int i = 0; i < 15; i++) {
                lowering[random.nextInt(V)] = Double.NEGATIVE_INFINITY;
            }
            silentEnd = random.nextDouble() < 0.3 ? random.nextInt(V) : -1;
            if (silentEnd >= 0) {
                lowering[silentEnd] = 0;
            }
            double[] pushed = normalised(IntStream.range(0, V)
                    .mapToDouble(v -> q[v] * Math.exp(bias[v]))
                    .toArray());
            double[] tempered = normalised(
                    Arrays.stream(pushed).map(x -> Math.pow(x, 1 / temperature)).toArray());
            d = topP == 1 ? tempered : cut(tempered, order == Order.TEMPERATURE_FIRST ? tempered : pushed);
            double[] shown = hidden ? q : pushed;
            top = IntStream.range(0, V)
                    .boxed()
                    .sorted((a, b) -> Double.compare(shown[b], shown[a]))
                    .limit(k)
                    .mapToInt(Integer::intValue)
                    .toArray();
            step = seen(shown, hidden);
            draft = new DraftLaw(
                    temperature, new Truncation(topP, 0, 0, order), hidden ? ShownLaw.RAW : ShownLaw.BIASED, V);
        }

        private ScoredStep seen(double[] shown, boolean hidden) {
            boolean[] eligible = new boolean[k];
            for (int i = 0; i < k; i++) {
                eligible[i] = top[i] != silentEnd;
            }
            double[] scores = Arrays.stream(top).mapToDouble(v -> score[v]).toArray();
            return new ScoredStep(
                    Arrays.stream(top).mapToDouble(v -> Math.log(shown[v])).toArray(),
                    Arrays.stream(top).mapToDouble(v -> hidden ? bias[v] : 0).toArray(),
                    Arrays.stream(top).mapToDouble(v -> lowering[v]).toArray(),
                    scores,
                    moves ? scores : new double[k],
                    eligible);
        }

        private double[] cut(double[] tempered, double[] basis) {
            int[] falling = falling(basis);
            double[] out = new double[V];
            double sum = 0;
            for (int v : falling) {
                out[v] = tempered[v];
                sum += basis[v];
                if (sum >= topP - 1e-12) {
                    break;
                }
            }
            return normalised(out);
        }

        private int place(int v) {
            return IntStream.range(0, k).filter(i -> top[i] == v).findFirst().orElse(-1);
        }

        /** The law of what is emitted when drafts are asked again until one is not thinned; null where none is left. */
        double[] emitted(StepLaw law) {
            double[] emitted = new double[V];
            double remaining = 0;
            double gone = 0;
            for (int v = 0; v < V; v++) {
                int place = place(v);
                double unthinned = d[v] == 0 ? 0 : d[v] * (1 - law.thinned(place, lowering[v]));
                if (d[v] > 0) {
                    assertThat(law.impossible(place)).isFalse();
                }
                remaining += unthinned;
                emitted[v] = unthinned * law.stands(place);
                gone += unthinned - emitted[v];
            }
            if (remaining < 1e-9) {
                return null;
            }
            double[] replacements = replacementLaw(law);
            for (int i = 0; i < k; i++) {
                emitted[top[i]] += gone * replacements[i];
            }
            return normalised(emitted);
        }

        /** What is left of d where each token counts by its ratio. */
        double[] weighed(StepLaw law) {
            return normalised(IntStream.range(0, V)
                    .mapToDouble(v -> d[v] == 0 ? 0 : d[v] * Math.exp(law.logRatio(place(v), lowering[v])))
                    .toArray());
        }

        /** Reads the replacement law off the coin's thresholds, by bisection. */
        private double[] replacementLaw(StepLaw law) {
            double[] shares = new double[k];
            double from = 0;
            while (from < 1) {
                int place = law.replacement(from);
                if (place < 0) {
                    break;
                }
                double low = from;
                double high = 1;
                for (int i = 0; i < 60; i++) {
                    double middle = (low + high) / 2;
                    if (law.replacement(middle) == place) {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                shares[place] += high - from;
                from = high;
            }
            return shares;
        }

        /** DESIGN's p over the whole vocabulary; null where it has no weight. */
        double[] target(StepLaw law) {
            double[] p = new double[V];
            if (law instanceof ClosedLaw) {
                return closedTarget();
            }
            double before = 0;
            double after = 0;
            for (int v = 0; v < V; v++) {
                p[v] = d[v] * Math.exp(lowering[v] / temperature);
                if (law.steerable(place(v))) {
                    before += p[v];
                    p[v] *= Math.exp(score[v] / temperature);
                    after += p[v];
                }
            }
            for (int v : top) {
                if (!moves && law.steerable(place(v)) && after > 0) {
                    p[v] *= before / after;
                }
            }
            return Arrays.stream(p).sum() < 1e-9 ? null : normalised(p);
        }

        private double[] closedTarget() {
            double[] weight = new double[V];
            double[] basis = new double[V];
            for (int i = 0; i < k; i++) {
                int v = top[i];
                double change = lowering[v] + score[v];
                weight[v] = Math.exp((step.shown()[i] + change) / temperature);
                basis[v] = order == Order.TEMPERATURE_FIRST ? weight[v] : Math.exp(step.shown()[i] + change);
            }
            return cut(weight, normalised(basis));
        }

        private double[] normalised(double[] weights) {
            double total = Arrays.stream(weights).sum();
            return Arrays.stream(weights).map(x -> x / total).toArray();
        }

        private int[] falling(double[] values) {
            return IntStream.range(0, V)
                    .boxed()
                    .sorted((a, b) -> Double.compare(values[b], values[a]))
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
    }
}
