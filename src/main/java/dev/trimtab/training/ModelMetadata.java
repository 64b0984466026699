package dev.trimtab.training;

import dev.trimtab.model.Tokenizer;
import java.util.Map;

/** The metadata by which a model's file is served. */
final class ModelMetadata {
    private ModelMetadata() {}

    /** What a file says of its tokenizer, its limits and its prompts. */
    static Map<String, String> of(TransformerShape shape, byte[] tokenizerJson, String template) {
        try (Tokenizer tokenizer = Tokenizer.read(tokenizerJson)) {
            return Map.of(
                    "trimtab.tokenizer.sha256", tokenizer.sha256(),
                    "trimtab.vocab_size", Integer.toString(shape.vocabulary()),
                    "trimtab.context", Integer.toString(shape.context()),
                    "trimtab.template", template);
        }
    }
}
