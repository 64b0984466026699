package dev.trimtab.token;

/**
 * What the upstream draws from, as far as the gateway knows it.
 *
 * @param temperature ≥ 0; 0 is greedy
 * @param truncation what the client asked to be cut
 * @param shownLaw what the log-probabilities describe
 * @param vocabularySize the upstream's number of tokens, or 0 where it is not known
 */
public record DraftLaw(double temperature, Truncation truncation, ShownLaw shownLaw, int vocabularySize) {
    public boolean isGreedy() {
        return temperature == 0;
    }

    /** The divisor of scores and lowerings: the temperature, or 1 where the law is greedy. */
    double divisor() {
        return isGreedy() ? 1 : temperature;
    }

    /** Log-weights of the shown candidates in the draft law, up to a constant: what is shown, plus a bias it hides. */
    double[] logWeights(double[] shown, double[] hiddenBias) {
        double[] weights = new double[shown.length];
        double divisor = shownLaw == ShownLaw.DRAWN ? 1 : divisor();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (shown[i] + hiddenBias[i]) / divisor;
        }
        return weights;
    }
}
