package dev.trimtab.evaluation;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.PrefaceMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One conversation with all the answers that are wanted: what is drawn anew when figures get their intervals.
 *
 * @param references possibly none
 */
record Input(List<PrefaceMessage> messages, List<String> references) {

    /** Examples that ask the same are one input, in the order of the first of each. */
    static List<Input> of(List<Example> examples) {
        Map<List<PrefaceMessage>, List<String>> byMessages = new LinkedHashMap<>();
        for (Example example : examples) {
            List<String> references = byMessages.computeIfAbsent(example.messages(), first -> new ArrayList<>());
            if (!example.completion().isEmpty()) {
                references.add(example.completion());
            }
        }
        return byMessages.entrySet().stream()
                .map(entry -> new Input(entry.getKey(), List.copyOf(entry.getValue())))
                .toList();
    }

    /**
     * The request for an answer.
     *
     * @param temperature ≥ 0
     * @param maxTokens ≥ 1
     */
    ChatRequest request(String model, double temperature, int maxTokens, long seed) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("model", model);
        ArrayNode array = json.putArray("messages");
        for (PrefaceMessage message : messages) {
            array.addObject().put("role", message.role()).put("content", message.content());
        }
        json.put("temperature", temperature).put("max_tokens", maxTokens).put("seed", seed);
        return ChatRequest.parse(Json.bytes(json));
    }

    /** What the user said last. */
    String question() {
        return messages.get(messages.size() - 1).content();
    }
}
