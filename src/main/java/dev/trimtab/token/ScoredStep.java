package dev.trimtab.token;

import java.util.Arrays;

/**
 * The shown candidates of one step with everything that a policy says about them; all arrays have one entry per candidate.
 *
 * @param shown shown log-probabilities, nats, finite
 * @param hiddenBias pushed bias that the shown law does not include, nats, finite
 * @param lowering nats, ≤ 0, −∞ forbids
 * @param score Σ α·s, nats, finite
 * @param movingScore the part of {@code score} whose zero is the rest's score, nats, finite
 * @param eligible false for a candidate that is not scored, or that could not be sent back or would come without
 *     candidates if drawn
 */
public record ScoredStep(
        double[] shown,
        double[] hiddenBias,
        double[] lowering,
        double[] score,
        double[] movingScore,
        boolean[] eligible) {

    /** A step about which nothing is said. */
    public static ScoredStep neutral(double[] shown) {
        int k = shown.length;
        boolean[] eligible = new boolean[k];
        Arrays.fill(eligible, true);
        return new ScoredStep(shown, new double[k], new double[k], new double[k], new double[k], eligible);
    }

    public int size() {
        return shown.length;
    }

    /** The share of the shown probability that is not forbidden, in [0, 1]; 1 where nothing is shown. */
    public double allowedShare() {
        double all = 0;
        double forbidden = 0;
        for (int i = 0; i < shown.length; i++) {
            double probability = Math.exp(shown[i]);
            all += probability;
            forbidden += lowering[i] == Double.NEGATIVE_INFINITY ? probability : 0;
        }
        return all == 0 ? 1 : 1 - forbidden / all;
    }

    boolean allEligible() {
        for (boolean one : eligible) {
            if (!one) {
                return false;
            }
        }
        return true;
    }
}
