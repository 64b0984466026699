package dev.trimtab.token;

/**
 * Candidates by falling weight.
 *
 * @param places the candidates' places, heaviest first, ties in the given order
 * @param weights their weights, divided by {@code scale} so that the heaviest is 1
 * @param scale what the weights were divided by
 */
record Ranked(int[] places, double[] weights, double scale) {
    static Ranked of(double[] logWeights) {
        int[] places = sorted(logWeights);
        double heaviest = places.length == 0 ? 0 : logWeights[places[0]];
        double offset = heaviest == Double.NEGATIVE_INFINITY ? 0 : heaviest;
        double[] weights = new double[places.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(logWeights[places[i]] - offset);
        }
        return new Ranked(places, weights, Math.exp(offset));
    }

    /** Insertion sort: candidates come almost sorted. */
    private static int[] sorted(double[] logWeights) {
        int[] places = new int[logWeights.length];
        for (int i = 0; i < places.length; i++) {
            int at = i;
            while (at > 0 && logWeights[places[at - 1]] < logWeights[i]) {
                places[at] = places[at - 1];
                at--;
            }
            places[at] = i;
        }
        return places;
    }
}
