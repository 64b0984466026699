package dev.trimtab.steering;

import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.token.Coins;
import dev.trimtab.token.DraftLaw;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Drafter.DraftOptions;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed about one choice before its first token.
 *
 * @param choice the choice's index
 * @param policy what steers it
 * @param sampling what the client asked
 * @param limit the most tokens to emit, or null
 * @param seed of the whole answer; calls and coins derive theirs
 * @param levers the context-free part of the policy
 * @param capabilities what the upstream can do
 * @param resumes whether the upstream goes on behind a prefix of our own
 * @param explain whether every step is explained
 */
record SessionPlan(
        int choice,
        Policy policy,
        SamplingParameters sampling,
        @Nullable Integer limit,
        long seed,
        Levers levers,
        Capabilities capabilities,
        boolean resumes,
        boolean explain) {
    /** The most tokens to ask for where neither the client nor the context sets a limit. */
    private static final int UNKNOWN_ROOM = 4096;

    Coins coins() {
        return new Coins(seed, choice);
    }

    double temperature() {
        return sampling.temperature() == null ? capabilities.temperature() : sampling.temperature();
    }

    DraftLaw draftLaw() {
        return capabilities.draftLaw(temperature(), Truncations.asked(capabilities, sampling));
    }

    /** True where the upstream can be asked to draft behind so many tokens; behind none it always can. */
    boolean resumesBehind(int tokens) {
        return resumes || tokens == 0;
    }

    /** True where nothing may follow the token with this index. */
    boolean isLast(int index) {
        return limit != null && index + 1 >= limit;
    }

    /** True where an end that came without candidates is read again: at every end of this choice or at none. */
    boolean rereadsEnds() {
        return resumes
                && capabilities.endRecords() == EndRecords.WHOLE_ONLY
                && policy.scorers().stream().anyMatch(scorer -> scorer.strength() > 0);
    }

    /** True where a shown end may be replaced and drawn like any other token. */
    boolean steersEnds() {
        return capabilities.endRecords() == EndRecords.SHOWN || rereadsEnds();
    }

    /**
     * What the next call states.
     *
     * @param call its number, from 0
     * @param emitted tokens emitted so far
     * @param promptTokens the prompt's tokens, or 0 where they are not known
     * @param one whether a draft of one token is asked for
     */
    DraftOptions options(int call, int emitted, int promptTokens, boolean one) {
        Integer seedOfCall = sampling.seed() == null ? null : coins().callSeed(call);
        return new DraftOptions(
                temperature(),
                Truncations.asked(capabilities, sampling),
                one ? Integer.valueOf(1) : tokens(call, emitted, promptTokens),
                seedOfCall,
                levers.pushed());
    }

    /**
     * What a call for whole drafts states.
     *
     * @param call its number, from 0
     */
    DraftOptions wholeOptions(int call) {
        DraftOptions first = options(0, 0, 0, false);
        Integer seedOfCall = sampling.seed() == null ? null : coins().callSeed(call);
        return new DraftOptions(first.temperature(), first.truncation(), first.maxTokens(), seedOfCall, first.bias());
    }

    private @Nullable Integer tokens(int call, int emitted, int promptTokens) {
        if (limit != null) {
            return limit - emitted;
        }
        if (call == 0) {
            return null;
        }
        boolean roomKnown = capabilities.context() > 0 && promptTokens > 0;
        return roomKnown ? Math.max(1, capabilities.context() - promptTokens - emitted) : UNKNOWN_ROOM;
    }
}
