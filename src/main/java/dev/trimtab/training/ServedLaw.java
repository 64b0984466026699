package dev.trimtab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * The law that is served at temperature 1: p(v) ∝ d(v)·e^{s(v)} on S, which is what is shown, and d(v) on the rest. All in
 * logarithms; outcomes are the k candidates and, last, the whole rest.
 *
 * @param draft log d [n, k + 1], after the pushed bias; far below 0 for a candidate that is none
 * @param scores s [n, k]
 * @param lowers whether the scores are lowerings, which thin single tokens and move no shares
 */
record ServedLaw(NDArray draft, NDArray scores, boolean lowers) {
    /** What a scorer does to a step. */
    enum Effect {
        /** Its zero is the rest's score: S gains or loses against the rest. */
        MOVES,
        /** S keeps its share: only differences of scores count. */
        KEEPS,
        /** It thins single tokens: s = log σ(raw + {@link #OPEN}) ≤ 0. */
        LOWERS
    }

    /** Added to a score that lowers, so that an untrained scorer, which says 0, lowers next to nothing. */
    static final float OPEN = 5;

    /** A logarithm of nothing. */
    static final float NEVER = -1e9f;

    static final float LEAST = 1e-30f;

    /**
     * The law of weights.
     *
     * @param logWeights of the candidates [n, k], up to a constant per step
     * @param logRest of the rest [n, 1], up to the same
     * @param raw what the scorer says [n, k]
     */
    static ServedLaw of(NDArray logWeights, NDArray logRest, NDArray raw, Effect effect) {
        NDArray draft = logWeights.concat(logRest, 1).logSoftmax(1);
        NDArray scores =
                switch (effect) {
                    case MOVES -> raw;
                    case KEEPS -> raw.sub(logMean(draft.get(":, :-1").exp(), raw));
                    case LOWERS -> logSigmoid(raw.add(OPEN));
                };
        return new ServedLaw(draft, scores, effect == Effect.LOWERS);
    }

    /** log R = log Σ_S d·e^s / Σ_S d [n, 1]. */
    private static NDArray logMean(NDArray onS, NDArray scores) {
        return onS.mul(scores.exp())
                .sum(new int[] {1}, true)
                .maximum(LEAST)
                .log()
                .sub(onS.sum(new int[] {1}, true).maximum(LEAST).log());
    }

    /** −max(−x, 0) − log(1 + e^{−|x|}). */
    private static NDArray logSigmoid(NDArray x) {
        return x.minimum(0).sub(x.abs().neg().exp().add(1).log());
    }

    /** log p [n, k + 1]. */
    NDArray logTarget() {
        return draft.add(padded()).logSoftmax(1);
    }

    /** The scores with the rest's 0 behind them. */
    private NDArray padded() {
        NDArray rest = scores.getManager().zeros(new Shape(scores.getShape().get(0), 1));
        return scores.concat(rest, 1);
    }

    /**
     * The chance that a draft does not stand [n]: 1 − Σ_S d·min(1, R)·min(1, r/R) − Σ_rest
     * d·min(1, 1/R), with R = Σ_S d·r / Σ_S d; under lowerings 1 − Σ d·e^l.
     */
    NDArray suppressed() {
        long k = scores.getShape().get(1);
        NDArray shares = draft.exp();
        NDArray onS = shares.get(":, 0:" + k);
        NDArray rest = shares.get(":, " + k + ":");
        if (lowers) {
            return onS.mul(scores.exp())
                    .sum(new int[] {1})
                    .add(rest.squeeze(1))
                    .neg()
                    .add(1);
        }
        NDArray logR = logMean(onS, scores);
        NDArray stands = logR.minimum(0).add(scores.sub(logR).minimum(0)).exp();
        NDArray kept = onS.mul(stands)
                .sum(new int[] {1}, true)
                .add(rest.mul(logR.neg().minimum(0).exp()));
        return kept.squeeze(1).neg().add(1);
    }
}
