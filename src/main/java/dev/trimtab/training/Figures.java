package dev.trimtab.training;

import java.util.Arrays;

/**
 * How well held-out lessons are said: sums over each lesson's tokens.
 *
 * @param loss what training lowers, the price left out: nats under a scorer of wanted answers
 * @param suppressed mass
 * @param tokens steps
 */
record Figures(double[] loss, double[] suppressed, int[] tokens) {
    /** Of no lesson. */
    static final Figures NONE = new Figures(new double[0], new double[0], new int[0]);

    /** Nats per token. */
    double lossPerToken() {
        return Arrays.stream(loss).sum() / count();
    }

    /** The mean chance that a draft does not stand, in [0, 1]. */
    double suppressedMass() {
        return Arrays.stream(suppressed).sum() / count();
    }

    private double count() {
        return Math.max(1, Arrays.stream(tokens).sum());
    }

    /** What training lowers, per token. */
    double cost(double price) {
        return lossPerToken() + price * suppressedMass();
    }

    /** This and others behind it. */
    Figures and(Figures other) {
        return new Figures(
                joined(loss, other.loss), joined(suppressed, other.suppressed), joined(tokens, other.tokens));
    }

    private static double[] joined(double[] one, double[] other) {
        double[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static int[] joined(int[] one, int[] other) {
        int[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** What other figures of the same lessons cost more per token. */
    double gain(Figures other, double price) {
        return other.cost(price) - cost(price);
    }

    /** The standard error of that, from the spread over lessons; not finite where there is but one lesson. */
    double standardError(Figures other, double price) {
        int n = loss.length;
        double perLesson = count() / n;
        double mean = gain(other, price);
        double square = 0;
        for (int i = 0; i < n; i++) {
            double difference = other.loss[i] - loss[i] + price * (other.suppressed[i] - suppressed[i]);
            double residual = (difference - mean * tokens[i]) / perLesson;
            square += residual * residual;
        }
        return Math.sqrt(square / ((n - 1.0) * n));
    }
}
