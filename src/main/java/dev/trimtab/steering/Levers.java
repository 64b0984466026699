package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Upstream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The context-free part of steering one request: which bias is pushed to the upstream, and what the rest of it does here.
 * A negative entry that is not pushed lowers its token wherever it is drawn; a positive one scores it on S; an infinite
 * one forbids it, pushed or not.
 */
final class Levers {
    /** What the API takes for a ban. */
    private static final double STRONGEST = 100;

    private final Map<Integer, Double> pushed;
    private final Bias bias;
    private final boolean hidden;

    private Levers(Map<Integer, Double> pushed, Bias bias, boolean hidden) {
        this.pushed = pushed;
        this.bias = bias;
        this.hidden = hidden;
    }

    static Levers of(Policy policy, SamplingParameters sampling, Upstream upstream) {
        int room = upstream.capabilities().biasEntries();
        boolean hides = upstream.capabilities().hidesBias();
        boolean pushes = room > 0
                && !(hides
                        && !Truncations.asked(upstream.capabilities(), sampling).isNeutral());
        if (!pushes && !sampling.logitBias().isEmpty()) {
            throw ApiException.invalid(
                    "logit_bias", "logit_bias: cannot be honoured on this steered request (expected: none).");
        }
        if (sampling.logitBias().size() > room) {
            throw ApiException.invalid(
                    "logit_bias",
                    "logit_bias: " + sampling.logitBias().size() + " entries (expected: at most " + room + ").");
        }
        Map<Integer, Double> pushed = new LinkedHashMap<>(sampling.logitBias());
        if (pushes) {
            policy.bias().byId(upstream::idOf).entrySet().stream()
                    .sorted(Comparator.comparing(entry -> -Math.abs(entry.getValue())))
                    .filter(entry -> !pushed.containsKey(entry.getKey()))
                    .limit((long) room - pushed.size())
                    .toList()
                    .forEach(entry -> pushed.put(entry.getKey(), clipped(entry.getValue())));
        }
        return new Levers(pushed, policy.bias(), hides);
    }

    private static double clipped(double nats) {
        return Math.max(-STRONGEST, Math.min(STRONGEST, nats));
    }

    /** Nats by token id, as every draft sends it. */
    Map<Integer, Double> pushed() {
        return pushed;
    }

    /** The part of the pushed bias that the upstream's log-probabilities do not include, nats. */
    double hiddenBias(Token token) {
        return hidden ? pushed.getOrDefault(token.id(), 0.0) : 0;
    }

    /** Nats, ≤ 0, −∞ where the policy forbids the token. */
    double lowering(Token token) {
        double nats = bias.nats(token);
        return nats == Double.NEGATIVE_INFINITY ? nats : Math.min(0, unpushed(token, nats));
    }

    /** Nats, ≥ 0; its zero is the rest's. */
    double score(Token token) {
        return Math.max(0, unpushed(token, bias.nats(token)));
    }

    private double unpushed(Token token, double nats) {
        return pushed.containsKey(token.id()) ? 0 : nats;
    }
}
