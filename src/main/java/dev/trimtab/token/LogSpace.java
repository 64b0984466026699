package dev.trimtab.token;

/** Arithmetic on logarithms of weights, where −∞ is a weight of zero. */
public final class LogSpace {
    private LogSpace() {}

    /** log Σ exp(x), −∞ for an empty sum. */
    static double logSumExp(double[] logs) {
        double max = Double.NEGATIVE_INFINITY;
        for (double x : logs) {
            max = Math.max(max, x);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (double x : logs) {
            sum += Math.exp(x - max);
        }
        return max + Math.log(sum);
    }

    /** The probabilities of log-weights; all zero where nothing has weight. */
    public static double[] softmax(double[] logs) {
        double total = logSumExp(logs);
        double[] probabilities = new double[logs.length];
        if (total != Double.NEGATIVE_INFINITY) {
            for (int i = 0; i < logs.length; i++) {
                probabilities[i] = Math.exp(logs[i] - total);
            }
        }
        return probabilities;
    }

    /** The place that a coin in [0, 1) picks among weights ≥ 0, or {@link StepLaw#NOWHERE} where all are 0. */
    public static int draw(double[] weights, double coin) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double left = coin * total;
        int last = StepLaw.NOWHERE;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /** KL(p ‖ q) of two probability arrays, nats. */
    static double divergence(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                sum += p[i] * Math.log(p[i] / q[i]);
            }
        }
        return Math.max(0, sum);
    }
}
