package dev.trimtab.upstream;

import dev.trimtab.token.Truncation.Order;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A way to tell by draws whether temperature or top_p acts first: under one order a draw outside the first candidates is
 * impossible, under the other it is likely.
 *
 * @param inside how many of the first candidates are inside the cut under the order that excludes the rest
 * @param chance of a draw outside them under the other order, at least
 * @param ifOutside the order that such a draw proves
 */
record OrderTrial(double temperature, double topP, int inside, double chance, Order ifOutside) {
    private static final double HOT = 2;
    private static final double COLD = 0.5;

    /** How far top_p must be from every sum that decides a cut: shown probabilities are rounded. */
    private static final double MARGIN = 0.005;

    /** The trial with the greatest chance, or null where none has any. */
    static @Nullable OrderTrial best(ShownStep step) {
        OrderTrial best = null;
        for (int inside = 1; inside < step.size(); inside++) {
            for (OrderTrial trial : new OrderTrial[] {hot(step, inside), cold(step.shares(), inside)}) {
                if (trial.chance > 0 && (best == null || trial.chance > best.chance)) {
                    best = trial;
                }
            }
        }
        return best;
    }

    /** Flattening first widens the cut: cutting first keeps but the first candidates, whatever comes after. */
    private static OrderTrial hot(ShownStep step, int inside) {
        double[] shares = step.shares();
        double before = sum(shares, 0, inside - 1);
        double topP = before + shares[inside - 1] / 2;
        double chance = shares[inside - 1] < 2 * MARGIN ? 0 : 1 - step.shareAtMost(inside, HOT) / topP;
        return new OrderTrial(HOT, topP, inside, chance, Order.TEMPERATURE_FIRST);
    }

    /** Sharpening first narrows the cut: cutting first keeps candidates behind the first ones, too. */
    private static OrderTrial cold(double[] shares, int inside) {
        double[] squares = Arrays.stream(shares).map(share -> share * share).toArray();
        double unseen = Math.max(0, 1 - sum(shares, 0, shares.length)) * shares[shares.length - 1];
        double topP = sum(squares, 0, inside) / (sum(squares, 0, squares.length) + unseen) - MARGIN;
        int kept = 0;
        for (double reached = 0; kept < shares.length && reached < topP + MARGIN; kept++) {
            reached += shares[kept];
        }
        boolean sure = kept > 0 && (kept == shares.length || sum(shares, 0, kept - 1) < topP - MARGIN);
        int certain = sure ? kept : kept - 1;
        double chance = certain <= inside ? 0 : sum(squares, inside, certain) / (sum(squares, 0, kept) + unseen);
        return new OrderTrial(COLD, topP, inside, chance, Order.TRUNCATION_FIRST);
    }

    private static double sum(double[] values, int from, int to) {
        return Arrays.stream(values, from, Math.max(from, to)).sum();
    }
}
