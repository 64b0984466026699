package dev.trimtab.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Intervals and tests for a score of summed rows of counts, one row an input: the paired bootstrap (percentiles) and
 * approximate randomisation (Riezler and Maxwell 2005). The seed fixes every draw, so the same inputs are drawn for each
 * of the figures that are compared.
 *
 * @param draws how often inputs are drawn anew, ≥ 1
 */
record Resampling(long seed, int draws) {
    static final int DRAWS = 2_000;

    private static final double TAIL = 0.025;

    /** The score of all rows, and its interval. */
    Interval interval(double[][] rows, ToDoubleFunction<double[]> score) {
        double[] scores = new double[draws];
        SplittableRandom chance = new SplittableRandom(seed);
        for (int i = 0; i < draws; i++) {
            scores[i] = score.applyAsDouble(resampled(rows, chance));
        }
        return quantiles(score.applyAsDouble(Counts.sum(rows)), scores);
    }

    /** The first score less the second. Rows with the same place are of one input. */
    Difference difference(double[][] one, double[][] other, ToDoubleFunction<double[]> score) {
        if (one.length != other.length) {
            throw new IllegalArgumentException("inputs: " + other.length + " (expected: " + one.length + ")");
        }
        double[] differences = new double[draws];
        SplittableRandom ofOne = new SplittableRandom(seed);
        SplittableRandom ofOther = new SplittableRandom(seed);
        for (int i = 0; i < draws; i++) {
            differences[i] =
                    score.applyAsDouble(resampled(one, ofOne)) - score.applyAsDouble(resampled(other, ofOther));
        }
        double all = score.applyAsDouble(Counts.sum(one)) - score.applyAsDouble(Counts.sum(other));
        return new Difference(quantiles(all, differences), pValue(one, other, Math.abs(all), score));
    }

    private static double[] resampled(double[][] rows, SplittableRandom chance) {
        double[] sums = new double[rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            Counts.add(sums, rows[chance.nextInt(rows.length)]);
        }
        return sums;
    }

    private double pValue(double[][] one, double[][] other, double observed, ToDoubleFunction<double[]> score) {
        SplittableRandom chance = new SplittableRandom(seed);
        double rounding = 1e-12 * Math.max(1, observed);
        int asGreat = 1;
        for (int draw = 0; draw < draws; draw++) {
            double[] left = new double[one[0].length];
            double[] right = new double[one[0].length];
            for (int i = 0; i < one.length; i++) {
                boolean swapped = chance.nextBoolean();
                Counts.add(left, swapped ? other[i] : one[i]);
                Counts.add(right, swapped ? one[i] : other[i]);
            }
            double difference = Math.abs(score.applyAsDouble(left) - score.applyAsDouble(right));
            asGreat += difference >= observed - rounding ? 1 : 0;
        }
        return asGreat / (draws + 1.0);
    }

    private static Interval quantiles(double value, double[] scores) {
        double[] sorted = Arrays.stream(scores).sorted().toArray();
        int last = sorted.length - 1;
        return new Interval(value, sorted[(int) Math.floor(TAIL * last)], sorted[(int) Math.ceil((1 - TAIL) * last)]);
    }
}
