package dev.trimtab.openai;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A request to {@code /v1/chat/completions}. */
public record ChatRequest(ObjectNode json, List<Message> messages, SamplingParameters sampling)
        implements GenerationRequest {

    /**
     * Reads and checks a request.
     *
     * @throws ApiException that names the first parameter that is wrong, worded as the real API words it
     */
    public static ChatRequest parse(byte[] body) {
        ObjectNode json = Json.object(body);
        RequestShapes.CHAT.check(json);
        RequestRules.checkChat(json);
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : json.path("messages")) {
            messages.add(Message.of((ObjectNode) message));
        }
        return new ChatRequest(json, messages, SamplingReading.chat(json));
    }
}
