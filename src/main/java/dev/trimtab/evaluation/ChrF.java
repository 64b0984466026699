package dev.trimtab.evaluation;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * chrF2: character n-grams (n ≤ 6) without white space, as an F-measure that weighs recall twice, in [0, 100]; of several
 * references the one that suits best counts (Popović 2015, as sacrebleu computes it).
 */
final class ChrF implements TextMetric {
    private static final int ORDERS = 6;
    private static final double BETA_SQUARED = 4;

    @Override
    public String name() {
        return "chrF2";
    }

    @Override
    public double[][] counts(List<Segment> segments) {
        return segments.stream().map(this::counts).toArray(double[][]::new);
    }

    private double[] counts(Segment segment) {
        List<String> text = characters(segment.hypothesis());
        double[] best = new double[3 * ORDERS];
        double bestScore = Double.NEGATIVE_INFINITY;
        for (String reference : segment.references()) {
            double[] counts = counts(text, characters(reference));
            double score = score(counts);
            if (score > bestScore) {
                best = counts;
                bestScore = score;
            }
        }
        return best;
    }

    /** For each order the text's n-grams, the reference's, and those in both. */
    private static double[] counts(List<String> text, List<String> reference) {
        double[] counts = new double[3 * ORDERS];
        for (int n = 1; n <= ORDERS; n++) {
            Map<List<String>, Integer> ofReference = NGrams.count(reference, n);
            int at = 3 * (n - 1);
            counts[at] = ofReference.isEmpty() ? 0 : Math.max(0, text.size() - n + 1);
            counts[at + 1] = Math.max(0, reference.size() - n + 1);
            counts[at + 2] = NGrams.matches(NGrams.count(text, n), ofReference);
        }
        return counts;
    }

    private static List<String> characters(String text) {
        IntStream visible = text.codePoints().filter(c -> !Character.isWhitespace(c));
        return visible.mapToObj(Character::toString).toList();
    }

    @Override
    public double score(double[] sums) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int at = 0; at < sums.length; at += 3) {
            if (sums[at] > 0 && sums[at + 1] > 0) {
                precision += sums[at + 2] / sums[at];
                recall += sums[at + 2] / sums[at + 1];
                orders++;
            }
        }
        return precision + recall == 0
                ? 0
                : 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall) / orders;
    }
}
