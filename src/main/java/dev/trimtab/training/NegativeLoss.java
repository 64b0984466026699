package dev.trimtab.training;

import ai.djl.ndarray.NDArray;

/**
 * What a step costs under Targeted Negative Training (Zhang, Ranganath and Tafvizi, arXiv 2406.13660, section 4) and under
 * the losses that it is compared with. The target is the upstream's own law q where a step has no unwanted token, and where
 * it has some q without them, renormalised: q*. Steps with unwanted tokens count α times.
 *
 * <p>The names say which divergence is taken at steps with and without unwanted tokens: F forward, KL(target ‖ p); R
 * reverse, KL(p ‖ target); LL the drawn token's log-likelihood in the target's place.
 */
enum NegativeLoss {
    TNFF(Term.FORWARD, Term.FORWARD),
    TNRR(Term.REVERSE, Term.REVERSE),
    TNRF(Term.REVERSE, Term.FORWARD),
    TNFLL(Term.FORWARD, Term.LIKELIHOOD),
    TNRLL(Term.REVERSE, Term.LIKELIHOOD),
    /** The unwanted tokens' log-probability, maximised downwards without end. */
    NL(Term.NEGATIVE_LIKELIHOOD, Term.LIKELIHOOD),
    /** −log(1 − p) of all unwanted tokens together (of each alone: Welleck et al., arXiv 1908.04319). */
    UL(Term.UNLIKELIHOOD, Term.LIKELIHOOD);

    /** Added to a target's probabilities in a reverse divergence, which would otherwise be infinite. */
    private static final double SMOOTHING = 1e-6;

    private enum Term {
        FORWARD,
        REVERSE,
        LIKELIHOOD,
        NEGATIVE_LIKELIHOOD,
        UNLIKELIHOOD
    }

    private final Term negative;
    private final Term positive;

    NegativeLoss(Term negative, Term positive) {
        this.negative = negative;
        this.positive = positive;
    }

    /**
     * The loss of each step [n], nats.
     *
     * @param alpha ≥ 0, the weight of steps with unwanted tokens
     */
    NDArray of(ServedLaw law, ScorerBatch batch, double alpha) {
        NDArray target = target(law, batch);
        NDArray logTarget = law.logTarget();
        NDArray here = batch.negativeStep();
        NDArray unwanted = term(negative, target, logTarget, batch).mul(here).mul(alpha);
        return unwanted.add(
                term(positive, target, logTarget, batch).mul(here.neg().add(1)));
    }

    /** q*, [n, k + 1]: it is q where nothing is unwanted. */
    private static NDArray target(ServedLaw law, ScorerBatch batch) {
        NDArray left = law.draft().exp().mul(batch.negative().neg().add(1));
        return left.div(left.sum(new int[] {1}, true).maximum(SMOOTHING));
    }

    private static NDArray term(Term term, NDArray target, NDArray logP, ScorerBatch batch) {
        return switch (term) {
            case FORWARD -> sum(target.mul(target.maximum(ServedLaw.LEAST).log().sub(logP)));
            case REVERSE -> {
                NDArray smoothed = target.add(SMOOTHING);
                NDArray logTarget =
                        smoothed.div(smoothed.sum(new int[] {1}, true)).log();
                yield sum(logP.exp().mul(logP.sub(logTarget)));
            }
            case LIKELIHOOD -> sum(batch.gold().mul(logP)).neg();
            case NEGATIVE_LIKELIHOOD -> sum(batch.negative().mul(logP));
            case UNLIKELIHOOD ->
                sum(batch.negative().mul(logP.exp()))
                        .neg()
                        .add(1)
                        .maximum(SMOOTHING)
                        .log()
                        .neg();
        };
    }

    private static NDArray sum(NDArray outcomes) {
        return outcomes.sum(new int[] {1});
    }
}
