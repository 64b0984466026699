package dev.trimtab.steering;

import dev.trimtab.token.Token;

/**
 * What the law under a policy says of one token of an answer that somebody else wrote.
 *
 * @param logDraft log d(x), nats: under the policy's preface and pushed bias; where the upstream does not tell it, the most
 *     that it can be
 * @param told false where it does not
 * @param logRatio log p(x)/d(x), nats; −∞ for a token that the policy forbids
 * @param scored false where a policy with scorers could not score the step
 * @param drift nats, of the step
 * @param suppressedMass of the step, in [0, 1]
 */
public record GivenToken(
        Token token,
        double logDraft,
        boolean told,
        double logRatio,
        boolean scored,
        double drift,
        double suppressedMass) {
    /** log p(x), nats, or the most that it can be. */
    public double logProbability() {
        return logDraft + logRatio;
    }
}
