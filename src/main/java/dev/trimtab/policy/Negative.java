package dev.trimtab.policy;

import dev.trimtab.scoring.Phrases;
import java.nio.file.Path;

/**
 * What never gets out under a policy.
 *
 * @param floor in [0, 1]: where less of a step's shown probability than this is left without what is forbidden, the answer
 *     goes back to where the phrase begins instead of going on with what is left
 */
public record Negative(Phrases phrases, double floor) {
    static final double DEFAULT_FLOOR = 0.05;

    static final Negative NONE = new Negative(Phrases.NONE, DEFAULT_FLOOR);

    /**
     * Reads a file of rules, a list of them as in a policy.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static Negative read(Path rules) {
        Problems problems = new Problems(rules);
        Negative read = PolicySpecReader.rules(rules, problems);
        try {
            problems.throwIfAny();
        } catch (BadPolicyException bad) {
            throw new IllegalArgumentException(bad.getMessage(), bad);
        }
        return read;
    }
}
