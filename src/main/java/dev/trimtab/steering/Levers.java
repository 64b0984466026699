package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.ScoredStep;
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

    /** A draft of one token costs one more call to go on; asking again, 1/share calls on average. */
    private static final double WORTH_A_CALL = 0.5;

    private final Map<Integer, Double> pushed;
    private final Bias bias;
    private final Bias unpushed;
    private final boolean hidden;
    private final int room;

    /** @param room for how many more entries the upstream has room, where a ban may ride on one draft */
    private Levers(Map<Integer, Double> pushed, Bias bias, Bias unpushed, boolean hidden, int room) {
        this.pushed = pushed;
        this.bias = bias;
        this.unpushed = unpushed;
        this.hidden = hidden;
        this.room = room;
    }

    static Levers of(Policy policy, SamplingParameters sampling, Upstream upstream) {
        int room = upstream.capabilities().biasEntries();
        boolean hides = upstream.capabilities().hidesBias();
        boolean truncates =
                !Truncations.asked(upstream.capabilities(), sampling).isNeutral();
        boolean pushes = room > 0 && !(hides && truncates);
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
        boolean mayBan = !truncates && !policy.weighsTokens();
        Bias unpushed = policy.bias().without(pushed.keySet(), upstream::idOf);
        return new Levers(pushed, policy.bias(), unpushed, hides, mayBan ? room - pushed.size() : 0);
    }

    /** The part of the policy's bias that is not pushed. */
    Bias unpushed() {
        return unpushed;
    }

    /** True where nothing makes a token likelier. */
    boolean onlyLower() {
        return unpushed.nats().values().stream().allMatch(nats -> nats <= 0);
    }

    /**
     * What bans a step's forbidden tokens from a draft of one token, which would otherwise be asked for until another token
     * comes. Empty where it is not worth a call, and where it would change the law: a truncation would cut elsewhere, and
     * scores would be shared among other candidates.
     */
    Map<Integer, Double> bans(Weighed weighed) {
        ScoredStep scored = weighed.scored();
        Map<Integer, Double> bans = new LinkedHashMap<>();
        for (int i = 0; i < scored.size() && scored.allowedShare() < WORTH_A_CALL; i++) {
            int id = weighed.step().candidates().token(i).id();
            if (scored.lowering()[i] == Double.NEGATIVE_INFINITY && id != Token.NO_ID && bans.size() < room) {
                bans.put(id, -STRONGEST);
            }
        }
        return bans;
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
