package dev.trimtab.openai;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One message of a chat.
 *
 * @param role e.g. {@code user}
 * @param text its content, or the text parts of it in order
 * @param textOnly false where something other than text is in it: images, audio, calls of tools
 * @param json the message whole
 */
public record Message(String role, String text, boolean textOnly, ObjectNode json) {
    static Message of(ObjectNode json) {
        JsonNode content = json.path("content");
        boolean textOnly =
                json.path("tool_calls").isEmpty() && json.path("function_call").isEmpty();
        StringBuilder text = new StringBuilder(content.isString() ? content.asString() : "");
        for (JsonNode part : content) {
            if ("text".equals(part.path("type").asString(""))) {
                text.append(part.path("text").asString(""));
            } else {
                textOnly = false;
            }
        }
        return new Message(json.path("role").asString(""), text.toString(), textOnly, json);
    }
}
