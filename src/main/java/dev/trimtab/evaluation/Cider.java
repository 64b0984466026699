package dev.trimtab.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CIDEr: the cosine of n-grams (n ≤ 4) weighed by how few inputs' references have them, clipped and with a penalty for
 * another length, times 10 (Vedantam et al. 2015, as coco-caption computes it).
 */
final class Cider implements TextMetric {
    private static final int ORDERS = 4;
    private static final double SIGMA = 6;

    /** One text: weights per order, their norms, and the length, in bigrams. */
    private record Vector(List<Map<List<String>, Double>> weights, double[] norms, int length) {}

    @Override
    public String name() {
        return "CIDEr";
    }

    @Override
    public double[][] counts(List<Segment> segments) {
        Map<List<String>, Integer> inputs = new HashMap<>();
        for (Segment segment : segments) {
            Set<List<String>> ngrams = new HashSet<>();
            segment.references().forEach(text -> orders(text).forEach(order -> ngrams.addAll(order.keySet())));
            ngrams.forEach(ngram -> inputs.merge(ngram, 1, Integer::sum));
        }
        double logSize = Math.log(segments.size());
        return segments.stream()
                .map(segment -> new double[] {score(segment, inputs, logSize), 1})
                .toArray(double[][]::new);
    }

    private static double score(Segment segment, Map<List<String>, Integer> inputs, double logSize) {
        Vector text = vector(segment.hypothesis(), inputs, logSize);
        double sum = 0;
        for (String reference : segment.references()) {
            sum += similarity(text, vector(reference, inputs, logSize));
        }
        return 10 * sum / segment.references().size();
    }

    private static List<Map<List<String>, Integer>> orders(String text) {
        List<String> words = Words.penn(text);
        List<Map<List<String>, Integer>> orders = new ArrayList<>();
        for (int n = 1; n <= ORDERS; n++) {
            orders.add(NGrams.count(words, n));
        }
        return orders;
    }

    private static Vector vector(String text, Map<List<String>, Integer> inputs, double logSize) {
        List<Map<List<String>, Double>> weights = new ArrayList<>();
        double[] norms = new double[ORDERS];
        List<Map<List<String>, Integer>> orders = orders(text);
        for (int n = 0; n < ORDERS; n++) {
            Map<List<String>, Double> ofOrder = new HashMap<>();
            for (Map.Entry<List<String>, Integer> entry : orders.get(n).entrySet()) {
                double rarity = logSize - Math.log(Math.max(1, inputs.getOrDefault(entry.getKey(), 0)));
                double weight = entry.getValue() * rarity;
                ofOrder.put(entry.getKey(), weight);
                norms[n] += weight * weight;
            }
            norms[n] = Math.sqrt(norms[n]);
            weights.add(ofOrder);
        }
        int bigrams =
                orders.get(1).values().stream().mapToInt(Integer::intValue).sum();
        return new Vector(weights, norms, bigrams);
    }

    private static double similarity(Vector text, Vector reference) {
        double sum = 0;
        for (int n = 0; n < ORDERS; n++) {
            double dot = 0;
            for (Map.Entry<List<String>, Double> entry : text.weights().get(n).entrySet()) {
                double other = reference.weights().get(n).getOrDefault(entry.getKey(), 0.0);
                dot += Math.min(entry.getValue(), other) * other;
            }
            double norm = text.norms()[n] * reference.norms()[n];
            sum += norm == 0 ? 0 : dot / norm;
        }
        double apart = text.length() - reference.length();
        return sum / ORDERS * Math.exp(-apart * apart / (2 * SIGMA * SIGMA));
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
