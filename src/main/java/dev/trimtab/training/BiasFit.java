package dev.trimtab.training;

import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Fits a pushed bias to lessons: the one under which the wanted answers are likeliest, with a squared price on its entries.
 * The loss is convex. It is stepped down coordinate by coordinate at once, each by its own share of the curvature, which is
 * at most the expected count.
 */
final class BiasFit {
    private static final double[] PRICES = {30, 10, 3, 1, 0.3};
    private static final int FOLDS = 5;
    private static final int MEASURED = 60;
    private static final int STEPS = 60;
    private static final double LONGEST_STEP = 1;

    private final ShownLaws laws;
    private final boolean[] pushable;
    private final int entries;
    private final int grain;
    private final List<List<Integer>> folds;

    /**
     * @param pushable whether the upstream can be told of a token
     * @param entries the most that a bias may have, ≥ 0
     * @param grain into how many parts a nat is divided; nats are rounded to these
     * @param seed of the split
     */
    BiasFit(List<Lesson> lessons, Predicate<Token> pushable, int entries, int grain, long seed) {
        this.laws = new ShownLaws(lessons);
        this.pushable = new boolean[laws.size()];
        for (int v = 0; v < laws.size(); v++) {
            this.pushable[v] = pushable.test(laws.token(v));
        }
        this.entries = entries;
        this.grain = grain;
        this.folds = Examples.parts(lessons.stream().map(Lesson::prompt).toList(), FOLDS, seed);
    }

    /**
     * A fitted bias.
     *
     * @param nats by token, rounded
     * @param price on squared nats
     * @param before of the lessons without bias
     * @param heldOut of each lesson under a bias that was fitted to the others
     */
    record Fitted(Map<Token, Double> nats, double price, LessonNats before, LessonNats heldOut) {
        /** The entries, where they pay. */
        Map<Token, Double> pushed() {
            return pays() ? nats : Map.of();
        }

        /** What was found, in one line. */
        String summary() {
            return String.format(
                    Locale.ROOT,
                    "bias: %d entries, price on squared nats %s, %.3f nats/token of %d examples apart, without %.3f%s",
                    nats.size(),
                    price,
                    heldOut.mean(),
                    heldOut.steps().length,
                    before.mean(),
                    pays() ? "" : "; left out, it does not pay");
        }

        /** Whether it helps on what it has not seen by more than chance would. */
        boolean pays() {
            return !nats.isEmpty() && heldOut.pays(before);
        }
    }

    /** Makes the upstream's own law of some lessons under a pushed bias. */
    @FunctionalInterface
    interface Measuring {
        /**
         * The lessons anew.
         *
         * @param lessons their indices
         */
        LessonNats under(Map<Token, Double> bias, List<Integer> lessons);
    }

    /**
     * The bias of the price that serves lessons best that were not fitted, as the upstream shows when it is pushed: nothing
     * is taken for granted of tokens that are not shown.
     */
    Fitted measured(Measuring measuring) {
        LessonNats before = crossed(measuring, lessons -> Map.of());
        return best(before, price -> crossed(measuring, lessons -> rounded(fewest(lessons, price))));
    }

    /** The bias of the price that serves lessons best that were not fitted, under the law that is taken to be served. */
    Fitted fit() {
        return best(nats(new double[laws.size()], allBut(List.of())), this::crossed);
    }

    /** From the highest price to the one below which nothing is gained any more. */
    private Fitted best(LessonNats before, DoubleFunction<LessonNats> heldOut) {
        double price = PRICES[0];
        LessonNats best = before;
        boolean gains = true;
        for (int i = 0; i < PRICES.length && gains && folds.size() > 1; i++) {
            LessonNats tried = heldOut.apply(PRICES[i]);
            gains = tried.mean() < best.mean();
            best = gains ? tried : best;
            price = gains ? PRICES[i] : price;
        }
        Map<Token, Double> nats = best.mean() < before.mean() ? rounded(fewest(allBut(List.of()), price)) : Map.of();
        return new Fitted(nats, price, before, best);
    }

    /** Lessons of as many parts as it takes to measure on, each under what was fitted to the other parts. */
    private LessonNats crossed(Measuring measuring, Function<boolean[], Map<Token, Double>> fitted) {
        LessonNats all = LessonNats.none(0);
        for (int i = 0; i < folds.size() && all.steps().length < MEASURED; i++) {
            List<Integer> part = folds.get(i);
            List<Integer> measured = part.subList(0, Math.min(MEASURED - all.steps().length, part.size()));
            all = all.then(measuring.under(fitted.apply(allBut(part)), measured));
        }
        return all;
    }

    /** The highest first. */
    private Map<Token, Double> rounded(double[] bias) {
        Map<Token, Double> nats = new LinkedHashMap<>();
        IntStream.range(0, bias.length)
                .boxed()
                .filter(v -> Math.round(bias[v] * grain) != 0)
                .sorted(Comparator.comparing(v -> -bias[v]))
                .forEach(v -> nats.put(laws.token(v), (double) Math.round(bias[v] * grain) / grain));
        return nats;
    }

    private LessonNats crossed(double price) {
        LessonNats all = LessonNats.none(laws.lessons());
        for (List<Integer> fold : folds) {
            double[] bias = fewest(allBut(fold), price);
            boolean[] only = new boolean[laws.lessons()];
            fold.forEach(lesson -> only[lesson] = true);
            all = all.and(nats(bias, only));
        }
        return all;
    }

    private boolean[] allBut(List<Integer> lessons) {
        boolean[] rest = new boolean[laws.lessons()];
        Arrays.fill(rest, true);
        lessons.forEach(lesson -> rest[lesson] = false);
        return rest;
    }

    private LessonNats nats(double[] bias, boolean[] lessons) {
        ShownLaws.Sums sums = laws.under(bias, lessons);
        return new LessonNats(sums.nats(), sums.steps());
    }

    /** A bias of no more entries than are allowed: those that gain the most where all are. */
    private double[] fewest(boolean[] lessons, double price) {
        double[] bias = stepped(lessons, price, pushable);
        ShownLaws.Sums sums = laws.under(bias, lessons);
        double[] gains = new double[bias.length];
        List<Integer> gaining = new ArrayList<>();
        for (int v = 0; v < bias.length; v++) {
            double kept = sums.observed()[v] * bias[v] - price / 2 * bias[v] * bias[v];
            gains[v] = kept - sums.expected()[v] * (1 - Math.exp(-bias[v]));
            if (gains[v] > 0) {
                gaining.add(v);
            }
        }
        if (gaining.size() <= entries) {
            return bias;
        }
        gaining.sort(Comparator.comparing(v -> -gains[v]));
        boolean[] free = new boolean[bias.length];
        gaining.subList(0, entries).forEach(v -> free[v] = true);
        return stepped(lessons, price, free);
    }

    private double[] stepped(boolean[] lessons, double price, boolean[] free) {
        double[] bias = new double[laws.size()];
        ShownLaws.Sums sums = laws.under(bias, lessons);
        double loss = sums.loss();
        double length = 1;
        for (int step = 0; step < STEPS && length > 1e-3; step++) {
            double[] next = next(bias, sums, price, free, length);
            ShownLaws.Sums there = laws.under(next, lessons);
            double lower = there.loss() + priced(next, price);
            if (lower < loss) {
                boolean done = loss - lower < 1e-7 * loss;
                bias = next;
                sums = there;
                loss = lower;
                length = done ? 0 : Math.min(1, 2 * length);
            } else {
                length /= 2;
            }
        }
        return bias;
    }

    private static double[] next(double[] bias, ShownLaws.Sums sums, double price, boolean[] free, double length) {
        double[] next = bias.clone();
        for (int v = 0; v < bias.length; v++) {
            if (free[v]) {
                double slope = sums.expected()[v] - sums.observed()[v] + price * bias[v];
                double step = slope / (sums.expected()[v] + price);
                next[v] -= length * Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, step));
            }
        }
        return next;
    }

    private static double priced(double[] bias, double price) {
        return price / 2 * Arrays.stream(bias).map(b -> b * b).sum();
    }
}
