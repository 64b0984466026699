package dev.trimtab.evaluation;

import java.util.List;

/** ROUGE-L: the longest common subsequence of words, as an F-measure that leans to recall (β = 1.2), in [0, 1] (Lin 2004). */
final class RougeL implements TextMetric {
    private static final double BETA_SQUARED = 1.2 * 1.2;

    @Override
    public String name() {
        return "ROUGE-L";
    }

    @Override
    public double[][] counts(List<Segment> segments) {
        return segments.stream()
                .map(segment -> new double[] {score(segment), 1})
                .toArray(double[][]::new);
    }

    private static double score(Segment segment) {
        List<String> words = Words.penn(segment.hypothesis());
        double precision = 0;
        double recall = 0;
        for (String text : segment.references()) {
            List<String> reference = Words.penn(text);
            double common = common(words, reference);
            precision = Math.max(precision, common / Math.max(1, words.size()));
            recall = Math.max(recall, common / Math.max(1, reference.size()));
        }
        return precision == 0 || recall == 0
                ? 0
                : (1 + BETA_SQUARED) * precision * recall / (recall + BETA_SQUARED * precision);
    }

    /** The length of the longest common subsequence. */
    static int common(List<String> one, List<String> other) {
        int[] row = new int[other.size() + 1];
        for (String word : one) {
            int diagonal = 0;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = word.equals(other.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[other.size()];
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
