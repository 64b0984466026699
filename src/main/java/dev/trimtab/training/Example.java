package dev.trimtab.training;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.JsonLines;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.token.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was asked, and the answer that is wanted.
 *
 * @param turns the conversation, the last message the user's; empty where the prompt is a plain text
 * @param text a plain prompt; empty for a conversation
 * @param completion the wanted answer; empty where none is read
 */
record Example(List<Prompt.Turn> turns, String text, String completion) {
    /** The prompt as a scorer reads it; equal for examples of the same input. */
    Prompt prompt() {
        return turns.isEmpty() ? new Prompt.Text(text) : new Prompt.Chat(turns);
    }

    /** What was said last. */
    String question() {
        return turns.isEmpty() ? text : turns.get(turns.size() - 1).content();
    }

    /** The request for an answer behind a preface. */
    GenerationRequest request(String model, List<PrefaceMessage> preface) {
        ObjectNode json = Json.mapper().createObjectNode().put("model", model);
        if (turns.isEmpty()) {
            return CompletionRequest.parse(Json.bytes(json.put("prompt", text)));
        }
        ArrayNode messages = json.putArray("messages");
        preface.forEach(message -> add(messages, message.role(), message.content()));
        turns.forEach(turn -> add(messages, turn.role(), turn.content()));
        return ChatRequest.parse(Json.bytes(json));
    }

    private static void add(ArrayNode messages, String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    /** The example as {@link #of} reads it. */
    ObjectNode json() {
        ObjectNode json = Json.mapper().createObjectNode();
        if (turns.isEmpty()) {
            json.put("prompt", text);
        } else {
            ArrayNode messages = json.putArray("messages");
            turns.forEach(turn -> add(messages, turn.role(), turn.content()));
        }
        return json.put("completion", completion);
    }

    /** The example with the text of other tokens for its answer. */
    Example answered(List<Token> answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        answer.forEach(token -> bytes.writeBytes(token.bytes()));
        return new Example(turns, text, bytes.toString(StandardCharsets.UTF_8));
    }

    /** The example as messages before another conversation. */
    List<PrefaceMessage> asPreface() {
        List<PrefaceMessage> messages = new ArrayList<>(asked());
        messages.add(new PrefaceMessage("assistant", completion));
        return messages;
    }

    /** A preface without this prompt and the answer behind it, so that none is told its own answer. */
    List<PrefaceMessage> leftOutOf(List<PrefaceMessage> preface) {
        List<PrefaceMessage> prompt = asked();
        List<PrefaceMessage> left = new ArrayList<>(preface);
        int at = prompt.isEmpty() ? -1 : Collections.indexOfSubList(left, prompt);
        while (at >= 0) {
            left.subList(at, Math.min(left.size(), at + prompt.size() + 1)).clear();
            at = Collections.indexOfSubList(left, prompt);
        }
        return left;
    }

    private List<PrefaceMessage> asked() {
        return turns.stream()
                .map(turn -> new PrefaceMessage(turn.role(), turn.content()))
                .toList();
    }

    /** Reads one; an {@link IllegalArgumentException} says which field is wrong. */
    static Example of(JsonNode json) {
        JsonNode completion = json.path("completion");
        if (!completion.isString() || completion.asString().isEmpty()) {
            throw JsonLines.wrong("completion", completion, "an answer, a text");
        }
        Example question = question(json);
        return new Example(question.turns, question.text, completion.asString());
    }

    /** Reads what was asked, likewise; the completion stays empty. */
    static Example question(JsonNode json) {
        if (json.path("messages").isArray()) {
            return new Example(turns(json.path("messages")), "", "");
        }
        if (!json.path("prompt").isString()) {
            throw json.has("messages")
                    ? JsonLines.wrong("messages", json.path("messages"), "an array of messages")
                    : JsonLines.wrong("prompt", json.path("prompt"), "a text, or messages");
        }
        return new Example(List.of(), json.path("prompt").asString(), "");
    }

    private static List<Prompt.Turn> turns(JsonNode messages) {
        List<Prompt.Turn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            String at = "messages[" + turns.size() + "].";
            String role = message.path("role").asString("");
            if (!role.matches("system|developer|user|assistant")) {
                throw JsonLines.wrong(at + "role", message.path("role"), "system, developer, user or assistant");
            }
            if (!message.path("content").isString()) {
                throw JsonLines.wrong(at + "content", message.path("content"), "a text");
            }
            String known = role.equals("developer") ? "system" : role;
            turns.add(new Prompt.Turn(known, message.path("content").asString()));
        }
        if (turns.isEmpty() || turns.get(turns.size() - 1).role().equals("assistant")) {
            throw JsonLines.wrong("messages", messages, "at least one, the last not the assistant's");
        }
        return List.copyOf(turns);
    }
}
