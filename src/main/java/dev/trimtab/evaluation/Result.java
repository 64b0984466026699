package dev.trimtab.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one contender came to.
 *
 * @param name e.g. {@code preface:3}
 * @param says what it is, in words
 * @param texts its outputs beside the wanted answers, by the measure's name
 * @param negative the share of the outputs that did not fail that hold a phrase that is not wanted, its difference over
 *     inputs at which the unsteered one did not fail either; null where no phrase is named, or no output is left
 * @param change how its outputs differ from the unsteered ones
 * @param outside the same on prompts outside the aim, or null where none were given
 */
public record Result(
        String name,
        String says,
        Aim aim,
        Map<String, Scored> texts,
        @Nullable Scored negative,
        Change change,
        @Nullable Change outside,
        Cost cost) {
    public Result {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /**
     * A figure, and what it differs from the unsteered one by.
     *
     * @param difference null for the unsteered upstream itself
     */
    public record Scored(Interval interval, @Nullable Difference difference) {}

    /**
     * How likely the wanted answers are.
     *
     * @param natsPerToken −log p of the law that is served, mean over tokens; where {@code untold} > 0 at least that
     * @param perplexity its exponential
     * @param tokens how many were looked at
     * @param untold tokens whose probability the upstream does not tell
     * @param forbidden tokens that the policy forbids, which are not in the mean
     * @param unscored tokens behind a scorer's context
     * @param suppressed chance that a drafted token does not stand, mean over the answers' prefixes, in [0, 1]
     * @param drift KL(p_S‖d_S), mean over the same, nats
     */
    public record Aim(
            Scored natsPerToken,
            Interval perplexity,
            int tokens,
            int untold,
            int forbidden,
            int unscored,
            Interval suppressed,
            Interval drift) {}

    /**
     * Outputs beside the unsteered ones.
     *
     * @param same the share of outputs that are the same
     * @param similarity by the measure's name, the unsteered outputs as references
     * @param replaced the share of emitted tokens that are not the drafted ones
     */
    public record Change(Interval same, Map<String, Interval> similarity, Interval replaced) {
        public Change {
            similarity = Collections.unmodifiableMap(new LinkedHashMap<>(similarity));
        }
    }

    /**
     * What its answers took, each a mean over the answers that did not fail unless said otherwise.
     *
     * @param answers that did not fail
     * @param promptTokens of the prompt, the preface included; 0 where the upstream does not tell
     * @param tokens emitted
     * @param calls to the upstream, those that read an end again aside
     * @param drafted tokens that were drafted, and are billed
     * @param readTokens tokens that were read, and are billed: for every call the prompt and what it goes on behind
     * @param medianMillis of the time that an answer takes
     * @param slowMillis what 95 % of the answers stay below
     * @param latched answers whose steering stopped on the way
     * @param failed answers that ended in an error, as their policy has it; as texts they are empty
     */
    public record Cost(
            int answers,
            double promptTokens,
            double tokens,
            double calls,
            double drafted,
            double readTokens,
            double medianMillis,
            double slowMillis,
            int latched,
            int failed) {}
}
