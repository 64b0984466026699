package dev.trimtab.evaluation;

import dev.trimtab.steering.GivenToken;
import java.util.List;

/**
 * How likely the wanted answers to one input are, summed over their tokens, ends included where the upstream shows them.
 *
 * @param nats Σ −log p(x), at least; without tokens that are forbidden
 * @param tokens counted in {@code nats}
 * @param untold tokens among them whose probability the upstream does not tell: the most that it can be is taken
 * @param forbidden tokens that the policy forbids
 * @param unscored tokens behind the context of a scorer
 * @param suppressed Σ suppressed mass of the steps
 * @param drift Σ KL(p_S‖d_S) of the steps, nats
 */
record Likelihood(double nats, int tokens, int untold, int forbidden, int unscored, double suppressed, double drift) {
    static final Likelihood NONE = new Likelihood(0, 0, 0, 0, 0, 0, 0);

    static Likelihood of(List<GivenToken> answer) {
        Likelihood sum = NONE;
        for (GivenToken token : answer) {
            if (!(token.token().isEnd() && !token.told())) {
                sum = sum.plus(of(token));
            }
        }
        return sum;
    }

    private static Likelihood of(GivenToken token) {
        boolean forbidden = token.logRatio() == Double.NEGATIVE_INFINITY;
        return new Likelihood(
                forbidden ? 0 : -token.logProbability(),
                forbidden ? 0 : 1,
                token.told() ? 0 : 1,
                forbidden ? 1 : 0,
                token.scored() ? 0 : 1,
                token.suppressedMass(),
                token.drift());
    }

    Likelihood plus(Likelihood other) {
        return new Likelihood(
                nats + other.nats,
                tokens + other.tokens,
                untold + other.untold,
                forbidden + other.forbidden,
                unscored + other.unscored,
                suppressed + other.suppressed,
                drift + other.drift);
    }
}
