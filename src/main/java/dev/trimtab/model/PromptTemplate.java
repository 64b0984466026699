package dev.trimtab.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a model's conversation is written: what precedes and follows each role's text. Special tokens are parsed in the
 * template and never in a text.
 *
 * @param frames by role: the special tokens before and after
 */
public record PromptTemplate(Map<String, Frame> frames) {
    private static final JsonMapper JSON = new JsonMapper();

    /** The special tokens around one message. */
    public record Frame(String prefix, String suffix) {}

    /** One message. */
    public record Part(String role, String content) {}

    /**
     * Reads {@code {"role": [prefix, suffix], …}}.
     *
     * @throws ModelException where it is something else
     */
    public static PromptTemplate parse(String json) {
        Map<String, Frame> frames = new LinkedHashMap<>();
        try {
            JSON.readTree(json).forEachEntry((role, pair) -> frames.put(role, frame(pair)));
        } catch (JacksonException malformed) {
            throw new ModelException("trimtab.template: not JSON (expected: {\"user\": [prefix, suffix], …})");
        }
        if (!frames.containsKey("assistant") || !frames.containsKey("user")) {
            throw new ModelException("trimtab.template: " + frames.keySet() + " (expected: user and assistant)");
        }
        return new PromptTemplate(frames);
    }

    private static Frame frame(JsonNode pair) {
        return new Frame(pair.path(0).asString(""), pair.path(1).asString(""));
    }

    /**
     * The ids of a conversation, ready for the assistant's answer: a last part of the assistant's is left open for the
     * answer to go on.
     *
     * @throws ModelException where a role or a special token is not known
     */
    public int[] render(List<Part> parts, Tokenizer tokenizer) {
        IntStream.Builder ids = IntStream.builder();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Frame frame = frame(part.role());
            ids.add(special(frame.prefix(), tokenizer));
            for (int id : tokenizer.encode(part.content())) {
                ids.add(id);
            }
            boolean open = i == parts.size() - 1 && part.role().equals("assistant");
            if (!open) {
                ids.add(special(frame.suffix(), tokenizer));
            }
        }
        if (parts.isEmpty() || !parts.get(parts.size() - 1).role().equals("assistant")) {
            ids.add(special(frame("assistant").prefix(), tokenizer));
        }
        return ids.build().toArray();
    }

    /** The id that ends an answer. */
    public int end(Tokenizer tokenizer) {
        return special(frame("assistant").suffix(), tokenizer);
    }

    private Frame frame(String role) {
        Frame frame = frames.get(role);
        if (frame == null) {
            throw new ModelException("role: " + role + " (expected: one of " + frames.keySet() + ")");
        }
        return frame;
    }

    private static int special(String content, Tokenizer tokenizer) {
        int id = tokenizer.vocabulary().special(content);
        if (id < 0) {
            throw new ModelException("trimtab.template: " + content + " (expected: a special token of the tokenizer)");
        }
        return id;
    }
}
