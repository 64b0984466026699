package dev.trimtab.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each run of n items occurs in a sequence. */
final class NGrams {
    private NGrams() {}

    static Map<List<String>, Integer> count(List<String> items, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= items.size(); i++) {
            counts.merge(items.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }

    /** The greatest count of each over several sequences. */
    static Map<List<String>, Integer> greatest(List<List<String>> sequences, int n) {
        Map<List<String>, Integer> greatest = new HashMap<>();
        for (List<String> sequence : sequences) {
            count(sequence, n).forEach((ngram, count) -> greatest.merge(ngram, count, Math::max));
        }
        return greatest;
    }

    /** Σ min(count, limit). */
    static int matches(Map<List<String>, Integer> counts, Map<List<String>, Integer> limits) {
        int matches = 0;
        for (Map.Entry<List<String>, Integer> entry : counts.entrySet()) {
            matches += Math.min(entry.getValue(), limits.getOrDefault(entry.getKey(), 0));
        }
        return matches;
    }
}
