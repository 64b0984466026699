package dev.trimtab.evaluation;

import java.util.List;

/**
 * One input's answers before and after.
 *
 * @param question what was said last
 * @param unsteered the upstream's own answer
 * @param steered the policy's, token by token
 * @param reference a wanted answer
 */
public record Comparison(String question, String unsteered, List<Shown> steered, String reference) {
    public Comparison {
        steered = List.copyOf(steered);
    }

    /**
     * One emitted token.
     *
     * @param drafted the token that the upstream drew in its place; empty where the token is the upstream's own
     */
    public record Shown(String text, String drafted) {
        public boolean replaced() {
            return !drafted.isEmpty();
        }
    }
}
