package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Capabilities;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What cannot be had of an answer that is drawn among whole drafts. */
final class ResampledRefusals {
    private ResampledRefusals() {}

    /** What an upstream lacks to tell a draft's tokens, or null. */
    static @Nullable String lacking(Capabilities upstream) {
        return upstream.topLogprobs() == 0 ? "top-logprobs: 0 (expected: at least 1)" : null;
    }

    static void check(SamplingParameters sampling, Policy policy, Asked upstream) {
        Capabilities capabilities = upstream.capabilities();
        Double asked = sampling.temperature();
        double temperature = asked == null ? capabilities.temperature() : asked;
        if (temperature == 0) {
            throw ApiException.invalid(
                    "temperature",
                    "temperature: 0 (expected: above 0, since policy " + policy.name()
                            + " draws one of several drafts, which would all be the same)");
        }
        if (lacking(capabilities) != null && policy.weighsTokens()) {
            checkTextIsScorable(sampling, policy, upstream);
        }
    }

    /** Without log-probabilities all that is known of a draft is its text. */
    private static void checkTextIsScorable(SamplingParameters sampling, Policy policy, Asked upstream) {
        List<Scorer> scorers = policy.scorers().stream()
                .filter(weighted -> weighted.strength() > 0)
                .map(WeightedScorer::scorer)
                .toList();
        for (Scorer scorer : scorers) {
            if (scorer.tokens("") == null) {
                throw refused(policy, upstream, "scorer " + scorer.name() + " has no tokenizer to read a text with");
            }
            if (!scorer.zeroIsRest()) {
                throw refused(
                        policy,
                        upstream,
                        "the scores of scorer " + scorer.name()
                                + " count only within a step (expected: trimtab.zero: rest)");
            }
        }
        Bias unpushed = Levers.of(policy, sampling, upstream).unpushed();
        boolean unknown = unpushed.nats().keySet().stream().anyMatch(Token::isEnd);
        if (!unpushed.isEmpty() && (scorers.isEmpty() || unknown)) {
            throw refused(
                    policy,
                    upstream,
                    "of the bias " + unpushed.nats().size()
                            + " entries cannot be sent to it, nor found in a text (expected: bias-entries above 0 and the"
                            + " upstream's tokenizer, or tokens as text and a scorer with a tokenizer)");
        }
    }

    private static ApiException refused(Policy policy, Asked upstream, String why) {
        return new ApiException(
                ErrorKind.POLICY_REFUSED,
                "Policy " + policy.name() + " cannot be applied: upstream " + upstream.name()
                        + " shows no log-probabilities, and " + why);
    }
}
