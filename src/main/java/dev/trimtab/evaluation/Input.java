package dev.trimtab.evaluation;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.PrefaceMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One prompt with all the answers that are wanted: what is drawn anew when figures get their intervals.
 *
 * @param messages the conversation; none where the prompt is a plain text
 * @param references possibly none
 */
record Input(List<PrefaceMessage> messages, String text, List<String> references) {

    /** Examples that ask the same are one input, in the order of the first of each. */
    static List<Input> of(List<Example> examples) {
        Map<Example, List<String>> byPrompt = new LinkedHashMap<>();
        for (Example example : examples) {
            Example prompt = new Example(example.messages(), example.text(), "");
            List<String> references = byPrompt.computeIfAbsent(prompt, first -> new ArrayList<>());
            if (!example.completion().isEmpty()) {
                references.add(example.completion());
            }
        }
        return byPrompt.entrySet().stream()
                .map(entry ->
                        new Input(entry.getKey().messages(), entry.getKey().text(), List.copyOf(entry.getValue())))
                .toList();
    }

    /**
     * The request for an answer.
     *
     * @param temperature ≥ 0
     * @param maxTokens ≥ 1
     */
    GenerationRequest request(String model, double temperature, int maxTokens, long seed) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("model", model);
        json.put("temperature", temperature).put("max_tokens", maxTokens).put("seed", seed);
        if (messages.isEmpty()) {
            return CompletionRequest.parse(Json.bytes(json.put("prompt", text)));
        }
        ArrayNode array = json.putArray("messages");
        for (PrefaceMessage message : messages) {
            array.addObject().put("role", message.role()).put("content", message.content());
        }
        return ChatRequest.parse(Json.bytes(json));
    }

    /** What was said last. */
    String question() {
        return messages.isEmpty() ? text : messages.get(messages.size() - 1).content();
    }
}
