package dev.trimtab.evaluation;

import dev.trimtab.openai.Json;
import dev.trimtab.policy.PrefaceMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
     * {@code prompt}, and a {@code completion}. Empty lines count for nothing.
     *
     * @param answered whether every line needs a completion
     * @throws IllegalArgumentException that names the first line that is wrong
     */
    public static List<Example> read(Path file, boolean answered) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                examples.add(line(lines.get(i), file.getFileName() + " line " + (i + 1) + ": ", answered));
            }
        }
        if (examples.isEmpty()) {
            throw new IllegalArgumentException(file.getFileName() + ": no lines (expected: at least one example)");
        }
        return examples;
    }

    private static Example line(String line, String where, boolean answered) {
        JsonNode json = Json.tree(line.getBytes(StandardCharsets.UTF_8));
        if (!json.isObject()) {
            throw new IllegalArgumentException(where + "expected: a JSON object");
        }
        JsonNode completion = json.path("completion");
        if (answered && completion.asString("").isEmpty()) {
            throw new IllegalArgumentException(where + "completion: " + completion + " (expected: a text)");
        }
        if (json.path("prompt").isString()) {
            return new Example(List.of(), json.path("prompt").asString(), completion.asString(""));
        }
        return new Example(messages(json, where), "", completion.asString(""));
    }

    private static List<PrefaceMessage> messages(JsonNode json, String where) {
        List<PrefaceMessage> messages = new ArrayList<>();
        for (JsonNode message : json.path("messages")) {
            if (!message.path("role").isString() || !message.path("content").isString()) {
                throw new IllegalArgumentException(
                        where + "messages: " + message + " (expected: a role and a content)");
            }
            messages.add(new PrefaceMessage(
                    message.path("role").asString(), message.path("content").asString()));
        }
        if (messages.isEmpty()) {
            throw new IllegalArgumentException(where + "messages: nothing (expected: messages, or a prompt)");
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
