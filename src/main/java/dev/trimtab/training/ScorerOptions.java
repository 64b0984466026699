package dev.trimtab.training;

import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scorer that a policy may get.
 *
 * @param layers of the transformer; 0 for no scorer
 * @param width of a token's vector
 * @param context the most tokens of prompt and answer together
 * @param prices nats per unit of suppressed mass, ≥ 0: a policy each
 * @param tokenizer the scorer's {@code tokenizer.json}, best the upstream's own, or null where there is none
 * @param template how its prompts are written, or null to write them with the special tokens that the tokenizer has
 * @param from a model's folder or file whose layers it begins with, in their shape, or null
 * @param int8 whether it is written in 8-bit numbers, which cannot be adapted again
 */
public record ScorerOptions(
        int layers,
        int width,
        int context,
        List<Double> prices,
        @Nullable Path tokenizer,
        @Nullable String template,
        @Nullable Path from,
        boolean int8) {
    private static final int HEAD = 16;

    public ScorerOptions {
        Required.atLeast(0, "layers", layers);
        Required.that(width > 0 && width % HEAD == 0, "width", width, "a multiple of " + HEAD);
        Required.atLeast(1, "context", context);
        Required.that(!prices.isEmpty(), "price", "nothing", "at least one number");
        prices.forEach(price -> Required.weight("price", price));
        prices = List.copyOf(prices);
    }

    /** Reads what it is made of, so that what cannot be read is said before anything is asked. */
    void check() throws IOException {
        TransformerWeights begun = begun();
        if (tokenizer != null) {
            Required.that(Files.isRegularFile(tokenizer), "tokenizer", tokenizer, "a file");
            PromptTemplate.parse(ScorerPrompts.template(template, tokenizer));
            if (begun != null) {
                try (Tokenizer read = Tokenizer.read(Files.readAllBytes(tokenizer))) {
                    begun.shape().requireVocabulary(read.vocabulary().size());
                }
            }
        }
    }

    /** The weights that it begins with, or null for random ones. */
    @Nullable
    TransformerWeights begun() throws IOException {
        if (from == null) {
            return null;
        }
        return OnnxWeights.read(Files.isDirectory(from) ? from.resolve(FittedScorer.MODEL) : from)
                .unread();
    }

    int heads() {
        return width / HEAD;
    }
}
