package dev.trimtab.token;

/**
 * What becomes of a token that the upstream drew at one step, so that the emitted law is exactly
 * p(v) ∝ d(v)·t(v)·(r(v)/R on S, 1 on the rest).
 *
 * <p>The steps of speculative sampling (arXiv 2211.17192, 2302.01318) with the closed model as the drafter:
 *
 * <ol>
 *   <li>with probability {@link #thinned} the draft goes and the upstream is asked again from the same prefix;
 *   <li>with probability {@link #stands} it is kept;
 *   <li>otherwise {@link #replacement} is emitted in its place;
 *   <li>where asking again came to nothing, {@link #fallback} is.
 * </ol>
 *
 * A place is an index into the step's candidates; −1 stands for a token that is not shown.
 */
public sealed interface StepLaw permits OpenLaw, ClosedLaw, GreedyLaw {
    /** The place of a token that is not shown, and the answer where no token is left. */
    int NOWHERE = -1;

    /** The law of a step. Greedy at temperature 0; closed where the truncated support is known whole; otherwise open. */
    static StepLaw of(ScoredStep step, DraftLaw draft) {
        return of(step, draft, true);
    }

    /**
     * The law of a step.
     *
     * @param mayClose false where an impossible draw has shown that the draft law's support is not known after all
     */
    static StepLaw of(ScoredStep step, DraftLaw draft, boolean mayClose) {
        double[] logWeights = draft.logWeights(step.shown(), step.hiddenBias());
        if (draft.isGreedy()) {
            return GreedyLaw.of(step, logWeights);
        }
        Support support = Support.of(step.shown(), logWeights, draft);
        if (mayClose && support.closed() && step.allEligible()) {
            ClosedLaw closed = ClosedLaw.of(step, logWeights, support, draft);
            if (closed.hasWeight()) {
                return closed;
            }
        }
        return OpenLaw.of(step, logWeights, support, draft);
    }

    /** True where the token at a place is scored and may be replaced or drawn. */
    boolean steerable(int place);

    /** True where the draft law certainly cannot draw the token: seeing it drawn shows that the capability is wrong. */
    boolean impossible(int place);

    /**
     * The probability that a draft goes and is asked again, in [0, 1].
     *
     * @param lowering the drawn token's own lowering, nats, ≤ 0; it is known for tokens that are not shown, too
     */
    double thinned(int place, double lowering);

    /** The probability that a draft that was not thinned is kept, in [0, 1]. */
    double stands(int place);

    /**
     * The place of the token that replaces a draft that did not stand.
     *
     * @param coin uniform in [0, 1)
     * @return {@link #NOWHERE} where no other token has weight, so that the draft stands after all
     */
    int replacement(double coin);

    /**
     * A place drawn from S by d·t·r, for a step at which asking again came to nothing.
     *
     * @param coin uniform in [0, 1)
     * @return {@link #NOWHERE} where S has no weight left
     */
    int fallback(double coin);

    /**
     * log p(x)/d(x) of a drawn token, nats: what a draft that cannot be changed weighs at this step. The normaliser counts
     * whatever is suppressed at the step, as far as it is shown. Only the open law draws nothing that d does not: of another
     * one such ratios do not give p back.
     *
     * @param lowering the drawn token's own lowering, nats, ≤ 0
     * @return −∞ for a token that p does not draw
     */
    double logRatio(int place, double lowering);

    /** KL(p_S ‖ d_S), both normalised on S, nats, ≥ 0. */
    double drift();

    /** The chance that a draft does not stand, in [0, 1], as far as the rest is known. */
    double suppressedMass();
}
