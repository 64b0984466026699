package dev.trimtab.policy;

import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named, versioned composition of what steers an answer: words before it, a bias, and scorers with strengths.
 *
 * @param name what a client calls it, the name of its folder
 * @param version the first 12 hexadecimal digits of the SHA-256 of its folder
 * @param upstream the upstream it is made for; null: any
 * @param model the upstream's model to ask; null: the upstream's default
 * @param bias nats per token, those that {@code negative} forbids among them
 * @param negative phrases that never get out
 * @param attachments what it serves unasked
 */
public record Policy(
        String name,
        String version,
        Stage stage,
        FailureMode failureMode,
        Route route,
        @Nullable String upstream,
        @Nullable String model,
        List<PrefaceMessage> preface,
        Bias bias,
        List<WeightedScorer> scorers,
        Negative negative,
        Limits limits,
        Attachments attachments) {

    /** Tokens that may never get out are forbidden wherever they are drawn, as by a bias of −∞. */
    public Policy {
        for (Rule rule : negative.phrases().rules()) {
            bias = bias.and(rule.tokens());
        }
    }

    /** False where an answer under the policy is the upstream's own, byte for byte. */
    public boolean steers() {
        return !preface.isEmpty() || steersTokens();
    }

    /** True where tokens are looked at: more than words is at work. */
    public boolean steersTokens() {
        return weighsTokens() || !negative.phrases().isEmpty();
    }

    /** True where more is asked of tokens than what text they make: their identity and their candidates must be known. */
    public boolean weighsTokens() {
        return !bias.isEmpty() || scorers.stream().anyMatch(scorer -> scorer.strength() > 0);
    }

    /** Frees the scorers, each once its last open session is closed. */
    public void close() {
        scorers.forEach(scorer -> scorer.scorer().close());
    }
}
