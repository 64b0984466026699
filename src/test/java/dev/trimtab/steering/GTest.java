package dev.trimtab.steering;

import java.util.Arrays;

/** Says how far counts are from a law. */
final class GTest {
    private GTest() {}

    /** The G statistic as a standard normal deviate (Wilson and Hilferty), cells of few draws pooled. */
    static double z(long[] counts, double[] target) {
        long draws = Arrays.stream(counts).sum();
        double g = 0;
        int cells = 0;
        double pooledExpected = 0;
        long pooled = 0;
        for (int v = 0; v < counts.length; v++) {
            double expected = draws * target[v];
            if (expected < 10) {
                pooledExpected += expected;
                pooled += counts[v];
            } else {
                g += counts[v] == 0 ? 0 : 2 * counts[v] * Math.log(counts[v] / expected);
                cells++;
            }
        }
        if (pooledExpected > 1) {
            g += pooled == 0 ? 0 : 2 * pooled * Math.log(pooled / pooledExpected);
            cells++;
        }
        double df = Math.max(1, cells - 1);
        return (Math.cbrt(Math.max(0, g) / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df));
    }
}
