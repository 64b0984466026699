package dev.trimtab.evaluation;

import dev.trimtab.openai.JsonLines;
import dev.trimtab.policy.PrefaceMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What was asked, and an answer that is wanted.
 *
 * @param messages the conversation; none where the prompt is a plain text
 * @param text a plain prompt; empty for a conversation
 * @param completion the wanted answer; empty where only the question counts
 */
public record Example(List<PrefaceMessage> messages, String text, String completion) {
    public Example {
        messages = List.copyOf(messages);
    }

    /**
     * Reads a file of one JSON object a line: {@code messages} of a {@code role} and a {@code content} each, or a plain
     * {@code prompt}, and a {@code completion}.
     *
     * @param answered whether every line needs a completion
     * @throws IllegalArgumentException that names the lines that are wrong
     */
    public static List<Example> read(Path file, boolean answered) throws IOException {
        return JsonLines.read(file, json -> of(json, answered));
    }

    private static Example of(JsonNode json, boolean answered) {
        JsonNode completion = json.path("completion");
        if (answered && completion.asString("").isEmpty()) {
            throw JsonLines.wrong("completion", completion, "an answer, a text");
        }
        boolean plain = !json.has("messages") && json.path("prompt").isString();
        return plain
                ? new Example(List.of(), json.path("prompt").asString(), completion.asString(""))
                : new Example(messages(json), "", completion.asString(""));
    }

    private static List<PrefaceMessage> messages(JsonNode json) {
        List<PrefaceMessage> messages = new ArrayList<>();
        for (JsonNode message : json.path("messages")) {
            if (!message.path("role").isString() || !message.path("content").isString()) {
                throw JsonLines.wrong("messages[" + messages.size() + "]", message, "a role and a content");
            }
            messages.add(new PrefaceMessage(
                    message.path("role").asString(), message.path("content").asString()));
        }
        if (messages.isEmpty()) {
            throw JsonLines.wrong("messages", json.path("messages"), "messages, or a prompt");
        }
        return messages;
    }

    /** The conversation with its answer, as it stands before another one. */
    List<PrefaceMessage> shown() {
        List<PrefaceMessage> shown = new ArrayList<>(messages);
        shown.add(new PrefaceMessage("assistant", completion));
        return shown;
    }
}
