package dev.trimtab.openai;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to {@code /v1/completions}.
 *
 * @param prompts at least one
 * @param echo whether the answer starts with the prompt
 */
public record CompletionRequest(
        ObjectNode json, List<CompletionPrompt> prompts, boolean echo, SamplingParameters sampling)
        implements GenerationRequest {

    /**
     * Reads and checks a request.
     *
     * @throws ApiException that names the first parameter that is wrong, worded as the real API words it
     */
    public static CompletionRequest parse(byte[] body) {
        ObjectNode json = Json.object(body);
        RequestShapes.COMPLETION.check(json);
        RequestRules.checkCompletion(json);
        return new CompletionRequest(
                json,
                prompts(json.path("prompt")),
                json.path("echo").asBoolean(false),
                SamplingReading.completion(json));
    }

    private static List<CompletionPrompt> prompts(JsonNode prompt) {
        if (!prompt.isArray()) {
            return List.of(new CompletionPrompt.Text(prompt.asString("")));
        }
        if (!prompt.isEmpty() && prompt.get(0).isNumber()) {
            return List.of(ids(prompt));
        }
        List<CompletionPrompt> prompts = new ArrayList<>();
        for (JsonNode one : prompt) {
            prompts.add(one.isArray() ? ids(one) : new CompletionPrompt.Text(one.asString()));
        }
        return prompts;
    }

    private static CompletionPrompt ids(JsonNode array) {
        return new CompletionPrompt.Ids(
                array.valueStream().mapToInt(JsonNode::asInt).toArray());
    }
}
