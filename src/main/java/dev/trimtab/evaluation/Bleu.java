package dev.trimtab.evaluation;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * BLEU: the geometric mean of the shares of n-grams (n ≤ 4) that a reference has, times a penalty for texts shorter than
 * the references nearest in length (Papineni et al. 2002).
 */
final class Bleu implements TextMetric {
    /** As e2e-metrics computes it: any case, without smoothing, in [0, 1]. */
    static final Bleu E2E = new Bleu("BLEU", true, 1);

    /** As sacrebleu does by default (13a): case counts, missing orders smoothed by halves, in [0, 100]. */
    static final Bleu SACRE = new Bleu("sacreBLEU", false, 100);

    private static final int ORDERS = 4;
    private static final int LENGTH = 2 * ORDERS;
    private static final int REFERENCE = LENGTH + 1;
    private static final double TINY = 1e-15;
    private static final double SMALL = 1e-9;

    private final String name;
    private final boolean anyCase;
    private final double scale;

    private Bleu(String name, boolean anyCase, double scale) {
        this.name = name;
        this.anyCase = anyCase;
        this.scale = scale;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double[][] counts(List<Segment> segments) {
        return segments.stream().map(this::counts).toArray(double[][]::new);
    }

    /** Matches and n-grams of each order, then both lengths. */
    private double[] counts(Segment segment) {
        List<String> words = words(segment.hypothesis());
        List<List<String>> references =
                segment.references().stream().map(this::words).toList();
        double[] counts = new double[REFERENCE + 1];
        for (int n = 1; n <= ORDERS; n++) {
            counts[n - 1] = NGrams.matches(NGrams.count(words, n), NGrams.greatest(references, n));
            counts[ORDERS + n - 1] = Math.max(0, words.size() - n + 1);
        }
        counts[LENGTH] = words.size();
        counts[REFERENCE] = references.stream()
                .map(List::size)
                .min(Comparator.<Integer>comparingInt(size -> Math.abs(size - words.size()))
                        .thenComparing(size -> size))
                .orElseThrow();
        return counts;
    }

    private List<String> words(String text) {
        return Words.mteval(anyCase ? text.toLowerCase(Locale.ROOT) : text);
    }

    @Override
    public double score(double[] sums) {
        double logs = 0;
        double smoothing = 1;
        for (int n = 0; n < ORDERS; n++) {
            double matches = sums[n];
            double total = sums[ORDERS + n];
            if (matches == 0 && !anyCase && total > 0) {
                smoothing *= 2;
                matches = 1 / smoothing;
            }
            logs += Math.log(Math.max(matches, TINY) / Math.max(total, SMALL));
        }
        double length = Math.max(sums[LENGTH], TINY);
        double penalty = Math.min(1, Math.exp(1 - sums[REFERENCE] / length));
        boolean none = sums[0] == 0 || (!anyCase && sums[LENGTH - 1] == 0);
        return none ? 0 : scale * penalty * Math.exp(logs / ORDERS);
    }
}
