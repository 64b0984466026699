package dev.trimtab.token;

import java.util.stream.IntStream;

/**
 * Candidates by falling weight.
 *
 * @param places the candidates' places, heaviest first, ties in the given order
 * @param weights their weights, divided by {@code scale} so that the heaviest is 1
 * @param scale what the weights were divided by
 */
record Ranked(int[] places, double[] weights, double scale) {
    static Ranked of(double[] logWeights) {
        int[] places = IntStream.range(0, logWeights.length)
                .boxed()
                .sorted((a, b) -> Double.compare(logWeights[b], logWeights[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        double heaviest = places.length == 0 ? 0 : logWeights[places[0]];
        double offset = heaviest == Double.NEGATIVE_INFINITY ? 0 : heaviest;
        double[] weights = new double[places.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(logWeights[places[i]] - offset);
        }
        return new Ranked(places, weights, Math.exp(offset));
    }
}
