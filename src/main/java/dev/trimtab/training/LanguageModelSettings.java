package dev.trimtab.training;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a language model is trained on from scratch, and how.
 *
 * @param data examples, one JSON object a line; a plain text is the completion of an empty prompt
 * @param tokenizer a byte-level BPE's {@code tokenizer.json}
 * @param template how prompts are written, JSON: prefix and suffix by role; null to write them with the special tokens
 *     that the tokenizer has
 * @param out the folder of the model's files
 * @param layers of the transformer
 * @param width of a token's vector
 * @param heads of the attention
 * @param context the most tokens of a text
 * @param passes the most over the data
 * @param seed of the split, the order and the first weights
 * @param version of this program
 */
public record LanguageModelSettings(
        Path data,
        Path tokenizer,
        @Nullable String template,
        Path out,
        int layers,
        int width,
        int heads,
        int context,
        int passes,
        long seed,
        String version) {
    public LanguageModelSettings {
        TransformerShape.check(layers, width, heads, context);
        Required.atLeast(1, "passes", passes);
    }
}
