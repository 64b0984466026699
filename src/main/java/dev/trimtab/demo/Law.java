package dev.trimtab.demo;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * A probability law over a whole vocabulary.
 *
 * @param logprobs natural logs by token id, normalised; −∞ for a token that cannot be drawn
 */
record Law(double[] logprobs) {

    /** The law that weighs each token by e to its log-weight. */
    static Law of(double[] logWeights) {
        double max = Arrays.stream(logWeights).max().orElse(0);
        double sum = 0;
        for (double weight : logWeights) {
            sum += Math.exp(weight - max);
        }
        double total = max + Math.log(sum);
        return new Law(Arrays.stream(logWeights).map(weight -> weight - total).toArray());
    }

    /** The same law at a temperature > 0. */
    Law tempered(double temperature) {
        if (temperature == 1) {
            return this;
        }
        double max = Arrays.stream(logprobs).max().orElse(0);
        return of(Arrays.stream(logprobs)
                .map(logprob -> (logprob - max) / temperature)
                .toArray());
    }

    /**
     * The law cut, in this order, to its k heaviest tokens, to the fewest that reach a share of what is left, and to those
     * that weigh at least a share of the heaviest.
     *
     * @param topK ≥ 1; the size of the vocabulary is off
     * @param topP [0, 1]; 1 is off
     * @param minP [0, 1]; 0 is off
     */
    Law truncated(int topK, double topP, double minP) {
        if (topK >= logprobs.length && topP >= 1 && minP == 0) {
            return this;
        }
        int[] ranked = heaviest(topK);
        double floor = minP * probability(ranked[0]);
        double enough = topP >= 1 ? Double.POSITIVE_INFINITY : topP * mass(ranked);
        double[] kept = new double[logprobs.length];
        Arrays.fill(kept, Double.NEGATIVE_INFINITY);
        double mass = 0;
        for (int id : ranked) {
            boolean first = mass == 0;
            if (!first && (mass >= enough || probability(id) < floor)) {
                break;
            }
            kept[id] = logprobs[id];
            mass += probability(id);
        }
        return of(kept);
    }

    /** The law of always drawing the likeliest token, the smallest id of several. */
    Law greedy() {
        double[] certain = new double[logprobs.length];
        Arrays.fill(certain, Double.NEGATIVE_INFINITY);
        certain[heaviest(1)[0]] = 0;
        return new Law(certain);
    }

    /** At most k tokens that can be drawn, the likeliest first, smaller ids first among equals. */
    int[] heaviest(int k) {
        PriorityQueue<Integer> lightestFirst = new PriorityQueue<>((a, b) -> {
            int byWeight = Double.compare(logprobs[a], logprobs[b]);
            return byWeight == 0 ? Integer.compare(b, a) : byWeight;
        });
        for (int id = 0; id < logprobs.length && k > 0; id++) {
            if (lightestFirst.size() >= k && logprobs[id] > logprobs[lightestFirst.element()]) {
                lightestFirst.remove();
            }
            if (lightestFirst.size() < k && logprobs[id] > Double.NEGATIVE_INFINITY) {
                lightestFirst.add(id);
            }
        }
        int[] ids = new int[lightestFirst.size()];
        for (int place = ids.length - 1; place >= 0; place--) {
            ids[place] = lightestFirst.remove();
        }
        return ids;
    }

    /** The token that a coin in [0, 1) picks. */
    int draw(double coin) {
        double left = coin;
        int last = 0;
        for (int id = 0; id < logprobs.length; id++) {
            double probability = probability(id);
            if (probability > 0) {
                last = id;
                left -= probability;
                if (left < 0) {
                    return id;
                }
            }
        }
        return last;
    }

    double logprob(int id) {
        return logprobs[id];
    }

    private double probability(int id) {
        return Math.exp(logprobs[id]);
    }

    private double mass(int[] ids) {
        return Arrays.stream(ids).mapToDouble(this::probability).sum();
    }
}
