package dev.trimtab.steering;

import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.token.Coins;
import dev.trimtab.token.DraftLaw;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Drafter.DraftOptions;
import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.Drafting.Length;
import java.util.List;
import java.util.Locale;
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
 * @param drafting how far drafts may run
 * @param runs how far the policy's drafts have stood
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
        Drafting drafting,
        RunLengths runs,
        boolean resumes,
        boolean explain) {
    /** Of a draft that runs until it is cut. */
    static final int UNBOUNDED = 0;

    Coins coins() {
        return new Coins(seed, choice);
    }

    double temperature() {
        return sampling.temperature() == null ? capabilities.temperature() : sampling.temperature();
    }

    DraftLaw draftLaw() {
        return capabilities.draftLaw(temperature(), Truncations.asked(capabilities, sampling));
    }

    /** How the upstream goes on with this choice where it is cut, in the words of the configuration. */
    String continuation() {
        Continuation way = resumes ? capabilities.continuation() : Continuation.NONE;
        return way.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** True where the upstream can be asked to draft behind these tokens; behind none it always can. */
    boolean resumesBehind(List<Token> tokens) {
        return tokens.isEmpty() || (resumes && !endsInside(tokens));
    }

    /** True where tokens end with a part of a character and the upstream goes on behind whole ones only. */
    boolean endsInside(List<Token> tokens) {
        return needsWholeCharacters() && !Utf8.endsWhole(tokens);
    }

    /**
     * True where a part of a character cannot be sent back, since it would travel as text, or may not come alone. A draft of
     * one token is then a longer one that is cut behind the first token that it can be cut behind.
     */
    boolean needsWholeCharacters() {
        return resumes && (capabilities.resumesByText() || capabilities.mergedRecords());
    }

    /** True where nothing may follow the token with this index. */
    boolean isLast(int index) {
        return limit != null && index + 1 >= limit;
    }

    /** True where an end that came without candidates is read again: at every end of this choice or at none. */
    boolean rereadsEnds() {
        return capabilities.endRecords() != EndRecords.SHOWN && steersEnds();
    }

    /** True where every end comes with candidates: it may then be replaced, drawn and thinned like any other token. */
    boolean steersEnds() {
        boolean scores = !levers.onlyLower() || policy.scorers().stream().anyMatch(scorer -> scorer.strength() > 0);
        return capabilities.tellsEnds(resumes && scores);
    }

    /**
     * True where S may gain or lose against the rest by what a scorer says. An end that comes without candidates stands, so
     * that it would gain where the rest loses; under lowerings the rest loses nothing.
     */
    boolean movesShares(Scorer scorer) {
        return scorer.zeroIsRest() && (steersEnds() || scorer.onlyLowers());
    }

    /**
     * What the next call states.
     *
     * @param call its number, from 0
     * @param emitted tokens emitted so far
     * @param promptTokens the prompt's tokens, or 0 where they are not known
     * @param most the most tokens of the draft, or {@link #UNBOUNDED}
     */
    DraftOptions options(int call, int emitted, int promptTokens, int most) {
        Integer seedOfCall = sampling.seed() == null ? null : coins().callSeed(call);
        return new DraftOptions(
                temperature(),
                Truncations.asked(capabilities, sampling),
                most == UNBOUNDED ? tokens(call, emitted, promptTokens) : Integer.valueOf(bounded(most, emitted)),
                seedOfCall,
                levers.pushed());
    }

    /**
     * What a call for whole drafts states.
     *
     * @param call its number, from 0
     */
    DraftOptions wholeOptions(int call) {
        DraftOptions first = options(0, 0, 0, UNBOUNDED);
        Integer seedOfCall = sampling.seed() == null ? null : coins().callSeed(call);
        return new DraftOptions(first.temperature(), first.truncation(), first.maxTokens(), seedOfCall, first.bias());
    }

    /** The most tokens of a draft behind so many, or {@link #UNBOUNDED}. */
    int longestDraft(int emitted) {
        if (drafting.length() == Length.STREAMED || !resumes) {
            return UNBOUNDED;
        }
        return runs.next(drafting, emitted, sampling.seed() == null);
    }

    private int bounded(int most, int emitted) {
        return limit == null ? most : Math.max(1, Math.min(most, limit - emitted));
    }

    private @Nullable Integer tokens(int call, int emitted, int promptTokens) {
        if (limit != null) {
            return limit - emitted;
        }
        if (call == 0) {
            return null;
        }
        return capabilities.room(promptTokens, emitted);
    }
}
