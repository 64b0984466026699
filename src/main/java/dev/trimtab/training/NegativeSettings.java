package dev.trimtab.training;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a policy that avoids something is fitted to, and how.
 *
 * @param prompts to which the upstream writes answers of its own, one JSON object a line; null beside labels
 * @param reject phrases that are unwanted in them, as in a policy; null beside labels
 * @param labels answers with marked spans, one JSON object a line, or null
 * @param out the policy's folder
 * @param tokenizer the scorer's {@code tokenizer.json}, best the upstream's own; refused where it is null
 * @param template how its prompts are written, JSON: prefix and suffix by role; null for the special
 *     tokens that the tokenizer has
 * @param samples answers to each prompt, ≥ 1
 * @param maxTokens of such an answer, ≥ 1
 * @param loss the name of one, in any case
 * @param alpha ≥ 0, the weight of steps with unwanted tokens
 * @param layers of the transformer
 * @param width of a token's vector
 * @param context the most tokens of prompt and answer together
 * @param int8 whether the scorer is written in 8-bit numbers
 * @param seed of the split, the order and the first weights
 * @param version of this program
 */
public record NegativeSettings(
        @Nullable Path prompts,
        @Nullable Path reject,
        @Nullable Path labels,
        Path out,
        @Nullable Path tokenizer,
        @Nullable String template,
        int samples,
        int maxTokens,
        String loss,
        double alpha,
        int layers,
        int width,
        int context,
        boolean int8,
        long seed,
        String version) {
    private static final List<String> LOSSES = Arrays.stream(NegativeLoss.values())
            .map(loss -> loss.name().toLowerCase(Locale.ROOT))
            .toList();

    public NegativeSettings {
        boolean rules = prompts != null && reject != null && labels == null;
        boolean marks = prompts == null && reject == null && labels != null;
        Required.that(
                rules || marks,
                "prompts",
                prompts + ", reject: " + reject + ", labels: " + labels,
                "prompts and reject, or labels");
        Required.that(tokenizer != null, "tokenizer", "nothing", "a tokenizer.json, or trimtab.upstream.tokenizer");
        Required.atLeast(1, "samples", samples);
        Required.atLeast(1, "max-tokens", maxTokens);
        Required.that(LOSSES.contains(loss.toLowerCase(Locale.ROOT)), "loss", loss, String.join(", ", LOSSES));
        Required.weight("alpha", alpha);
        TransformerShape.check(layers, width, ScorerSettings.DEFAULT.heads(), context);
    }

    /** What says what is unwanted. */
    Path source() {
        return Objects.requireNonNull(labels == null ? reject : labels);
    }

    NegativeLoss lossTaken() {
        return NegativeLoss.valueOf(loss.toUpperCase(Locale.ROOT));
    }

    ScorerSettings scorer() {
        ScorerSettings usual = ScorerSettings.DEFAULT;
        return new ScorerSettings(
                layers,
                width,
                usual.heads(),
                context,
                usual.update(),
                false,
                false,
                0,
                lossTaken(),
                alpha,
                0,
                usual.epochs(),
                seed);
    }
}
