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
     * @param replaced whether it stands in the place of another
     * @param drafted the token that the upstream drew there, empty for an end and where nothing was replaced
     */
    public record Shown(String text, boolean replaced, String drafted) {}
}
