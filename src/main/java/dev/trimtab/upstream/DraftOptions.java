package dev.trimtab.upstream;

import dev.trimtab.token.Truncation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one draft states of its sampling.
 *
 * @param temperature ≥ 0
 * @param truncation what the client asked to be cut; neutral parts are stated, too
 * @param maxTokens the most tokens to draft, or null to leave it to the upstream
 * @param seed the call's own seed, or null
 * @param bias pushed bias, nats by token id
 */
public record DraftOptions(
        double temperature,
        Truncation truncation,
        @Nullable Integer maxTokens,
        @Nullable Integer seed,
        Map<Integer, Double> bias) {

    /** The same for a draft of at most so many tokens. */
    public DraftOptions limitedTo(int tokens) {
        return new DraftOptions(temperature, truncation, tokens, seed, bias);
    }
}
