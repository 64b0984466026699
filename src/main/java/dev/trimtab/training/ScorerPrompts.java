package dev.trimtab.training;

import dev.trimtab.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a scorer's prompts with special tokens that its tokenizer has. */
final class ScorerPrompts {
    private static final List<String> ROLES = List.of("system", "user", "assistant");

    /** Before a system, a user's and an assistant's message, and behind any of them. */
    private static final List<List<String>> KNOWN = List.of(
            List.of("<|system|>", "<|user|>", "<|assistant|>", "<|end|>"),
            List.of("<|im_start|>", "<|im_start|>", "<|im_start|>", "<|im_end|>"),
            List.of("<|start_header_id|>", "<|start_header_id|>", "<|start_header_id|>", "<|eot_id|>"),
            List.of("<start_of_turn>", "<start_of_turn>", "<start_of_turn>", "<end_of_turn>"),
            List.of("[INST]", "[INST]", "[/INST]", "</s>"),
            List.of("<s>", "<s>", "<s>", "</s>"),
            List.of("<|endoftext|>", "<|endoftext|>", "<|endoftext|>", "<|endoftext|>"));

    private ScorerPrompts() {}

    /**
     * A template, JSON as {@link dev.trimtab.model.PromptTemplate} reads it.
     *
     * @param given the template, or null to find one
     * @param tokenizer a {@code tokenizer.json}
     * @throws IllegalArgumentException where none of the usual special tokens are there
     * @throws IOException where the file cannot be read
     */
    static String template(@Nullable String given, Path tokenizer) throws IOException {
        if (given != null) {
            return given;
        }
        try (Tokenizer read = Tokenizer.read(Files.readAllBytes(tokenizer))) {
            return found(read);
        }
    }

    /** A template, likewise, for a tokenizer that is read already. */
    static String template(@Nullable String given, Tokenizer tokenizer) {
        return given != null ? given : found(tokenizer);
    }

    private static String found(Tokenizer tokenizer) {
        return KNOWN.stream()
                .filter(marks ->
                        marks.stream().allMatch(mark -> tokenizer.vocabulary().special(mark) >= 0))
                .findFirst()
                .map(ScorerPrompts::json)
                .orElseThrow(() -> new IllegalArgumentException(
                        "template: nothing (expected: special tokens before and after a message, by role, since the"
                                + " tokenizer has none of the usual ones)"));
    }

    private static String json(List<String> marks) {
        ObjectNode json = new JsonMapper().createObjectNode();
        for (int i = 0; i < ROLES.size(); i++) {
            json.putArray(ROLES.get(i)).add(marks.get(i)).add(marks.get(ROLES.size()));
        }
        return json.toString();
    }
}
