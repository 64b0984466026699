package dev.trimtab.bench;

import dev.trimtab.openai.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Which tokens an upstream writes, by how often. */
final class FrequentTokens {
    private final Map<Integer, Integer> counts = new TreeMap<>();

    /** Counts the tokens of an answer that has log-probabilities with token ids. */
    void add(byte[] answer) {
        JsonNode content =
                Json.object(answer).path("choices").path(0).path("logprobs").path("content");
        for (JsonNode token : content) {
            JsonNode id = token.path("id");
            if (id.isNumber() && !token.path("token").asString("").isEmpty()) {
                counts.merge(id.intValue(), 1, Integer::sum);
            }
        }
    }

    /** Their ids, the most frequent first, and of equally frequent ones the lower. */
    List<Integer> ids() {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
