package dev.trimtab.training;

import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds the pushed bias under which the wanted answers of lessons are likeliest, with a squared price on its entries. The
 * loss is convex. It is stepped down coordinate by coordinate at once, each by its own share of the curvature, which is at
 * most the expected count.
 */
final class BiasSolver {
    private static final int STEPS = 60;
    private static final double LONGEST_STEP = 1;

    private final ShownLaws laws;
    private final BiasRoom room;
    private final boolean[] pushable;

    BiasSolver(List<Lesson> lessons, BiasRoom room) {
        this.laws = new ShownLaws(lessons);
        this.room = room;
        this.pushable = new boolean[laws.size()];
        for (int v = 0; v < laws.size(); v++) {
            this.pushable[v] = room.pushable().test(laws.token(v));
        }
    }

    /**
     * The bias, rounded, the highest first.
     *
     * @param price on squared nats, ≥ 0
     */
    Map<Token, Double> bias(double price) {
        double[] bias = Arrays.stream(fewest(price)).map(room.rounded()).toArray();
        Map<Token, Double> nats = new LinkedHashMap<>();
        IntStream.range(0, bias.length)
                .boxed()
                .filter(v -> bias[v] != 0)
                .sorted(Comparator.comparing(v -> -bias[v]))
                .forEach(v -> nats.put(laws.token(v), bias[v]));
        return nats;
    }

    /** The lessons under a bias, what they do not show of it estimated. */
    LessonNats under(Map<Token, Double> bias) {
        double[] nats = new double[laws.size()];
        Arrays.setAll(nats, v -> bias.getOrDefault(laws.token(v), 0.0));
        return LessonNats.of(laws.under(nats));
    }

    /** A bias of no more entries than are allowed: those that gain the most where all are. */
    private double[] fewest(double price) {
        double[] bias = stepped(price, pushable);
        ShownLaws.Sums sums = laws.under(bias);
        double[] gains = new double[bias.length];
        List<Integer> gaining = new ArrayList<>();
        for (int v = 0; v < bias.length; v++) {
            double kept = sums.observed()[v] * bias[v] - price / 2 * bias[v] * bias[v];
            gains[v] = kept - sums.expected()[v] * (1 - Math.exp(-bias[v]));
            if (gains[v] > 0) {
                gaining.add(v);
            }
        }
        if (gaining.size() <= room.entries()) {
            return bias;
        }
        gaining.sort(Comparator.comparing(v -> -gains[v]));
        boolean[] free = new boolean[bias.length];
        gaining.subList(0, room.entries()).forEach(v -> free[v] = true);
        return stepped(price, free);
    }

    private double[] stepped(double price, boolean[] free) {
        double[] bias = new double[laws.size()];
        ShownLaws.Sums sums = laws.under(bias);
        double loss = sums.loss();
        double length = 1;
        for (int step = 0; step < STEPS && length > 1e-3; step++) {
            double[] next = next(bias, sums, price, free, length);
            ShownLaws.Sums there = laws.under(next);
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
