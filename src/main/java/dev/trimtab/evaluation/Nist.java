package dev.trimtab.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * NIST: n-grams (n ≤ 5) that a reference has, each weighed by how much its last word says behind the ones before it, times
 * a penalty for short texts (Doddington 2002; mteval). In bits, ≥ 0.
 */
final class Nist implements TextMetric {
    private static final int ORDERS = 5;
    private static final int LENGTH = 2 * ORDERS;
    private static final int REFERENCE = LENGTH + 1;

    /** Makes the penalty ½ at two thirds of the references' length. */
    private static final double BETA = -Math.log(0.5) / (Math.log(1.5) * Math.log(1.5));

    @Override
    public String name() {
        return "NIST";
    }

    @Override
    public double[][] counts(List<Segment> segments) {
        List<Map<List<String>, Integer>> seen = seen(segments);
        return segments.stream().map(segment -> counts(segment, seen)).toArray(double[][]::new);
    }

    /** How often the references have each n-gram; under 0, how many words they have. */
    private static List<Map<List<String>, Integer>> seen(List<Segment> segments) {
        List<Map<List<String>, Integer>> seen = new ArrayList<>();
        for (int n = 0; n <= ORDERS; n++) {
            seen.add(new HashMap<>());
        }
        for (Segment segment : segments) {
            for (String reference : segment.references()) {
                List<String> words = words(reference);
                seen.get(0).merge(List.of(), words.size(), Integer::sum);
                for (int n = 1; n <= ORDERS; n++) {
                    Map<List<String>, Integer> ofOrder = seen.get(n);
                    NGrams.count(words, n).forEach((ngram, count) -> ofOrder.merge(ngram, count, Integer::sum));
                }
            }
        }
        return seen;
    }

    private static double[] counts(Segment segment, List<Map<List<String>, Integer>> seen) {
        List<String> words = words(segment.hypothesis());
        List<List<String>> references =
                segment.references().stream().map(Nist::words).toList();
        double[] counts = new double[REFERENCE + 1];
        for (int n = 1; n <= ORDERS; n++) {
            Map<List<String>, Integer> limits = NGrams.greatest(references, n);
            for (Map.Entry<List<String>, Integer> entry : NGrams.count(words, n).entrySet()) {
                int hits = Math.min(entry.getValue(), limits.getOrDefault(entry.getKey(), 0));
                counts[n - 1] += hits == 0 ? 0 : hits * bits(entry.getKey(), seen);
            }
            counts[ORDERS + n - 1] = Math.max(0, words.size() - n + 1);
        }
        counts[LENGTH] = words.size();
        counts[REFERENCE] = references.stream().mapToInt(List::size).average().orElseThrow();
        return counts;
    }

    private static double bits(List<String> ngram, List<Map<List<String>, Integer>> seen) {
        int n = ngram.size();
        double before = seen.get(n - 1).getOrDefault(ngram.subList(0, n - 1), 0);
        return Math.log(before / seen.get(n).getOrDefault(ngram, 1)) / Math.log(2);
    }

    private static List<String> words(String text) {
        return Words.mteval(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public double score(double[] sums) {
        double bits = 0;
        for (int n = 0; n < ORDERS; n++) {
            bits += sums[n] / Math.max(1, sums[ORDERS + n]);
        }
        double ratio = sums[REFERENCE] == 0 ? 1 : Math.min(1, sums[LENGTH] / sums[REFERENCE]);
        return ratio == 0 ? 0 : bits * Math.exp(-BETA * Math.log(ratio) * Math.log(ratio));
    }
}
