package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Asked;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

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
    private final Set<Integer> clients;
    private final boolean hidden;
    private final int room;

    /**
     * @param clients the tokens of the client's own entries
     * @param room for how many more entries the upstream has room, where a ban may ride on one draft
     */
    private Levers(
            Map<Integer, Double> pushed, Bias bias, Bias unpushed, Set<Integer> clients, boolean hidden, int room) {
        this.pushed = pushed;
        this.bias = bias;
        this.unpushed = unpushed;
        this.clients = clients;
        this.hidden = hidden;
        this.room = room;
    }

    static Levers of(Policy policy, SamplingParameters sampling, Asked upstream) {
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
        Map<Integer, Double> own = policy.bias().byId(upstream::idOf);
        Map<Integer, Double> pushed = new LinkedHashMap<>(sampling.logitBias());
        Map<Integer, Double> done = new LinkedHashMap<>(own);
        done.keySet().retainAll(pushed.keySet());
        if (pushes) {
            own.entrySet().stream()
                    .sorted(Comparator.comparing(entry -> -Math.abs(entry.getValue())))
                    .filter(entry -> !pushed.containsKey(entry.getKey()))
                    .limit((long) room - pushed.size())
                    .toList()
                    .forEach(entry -> {
                        double sent =
                                sent(entry.getValue(), upstream.capabilities().wholeBias());
                        pushed.put(entry.getKey(), sent);
                        done.put(entry.getKey(), Math.abs(sent) == STRONGEST ? entry.getValue() : Double.valueOf(sent));
                    });
        }
        boolean mayBan = !truncates && !policy.weighsTokens();
        Bias unpushed = policy.bias().without(done, upstream::idOf);
        return new Levers(
                pushed,
                policy.bias(),
                unpushed,
                sampling.logitBias().keySet(),
                hides,
                mayBan ? room - pushed.size() : 0);
    }

    /** Rounded up, so that what is left to do here is a lowering, which is exact for any token. */
    private static double sent(double nats, boolean whole) {
        double clipped = Math.max(-STRONGEST, Math.min(STRONGEST, nats));
        return whole ? Math.ceil(clipped) : clipped;
    }

    /** What is left of the policy's bias behind what is pushed. */
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
        return nats == Double.NEGATIVE_INFINITY ? nats : Math.min(0, unpushed(token));
    }

    /** Nats, ≥ 0; its zero is the rest's. */
    double score(Token token) {
        return Math.max(0, unpushed(token));
    }

    /** A client's own entry takes the place of the policy's. */
    private double unpushed(Token token) {
        return clients.contains(token.id()) ? 0 : unpushed.nats(token);
    }
}
