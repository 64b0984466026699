package dev.trimtab.demo;

import dev.trimtab.openai.SamplingParameters;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws the tokens of one choice. Its chance is keyed by (seed, choice, step), so that an answer can be repeated whatever
 * else runs; the mixer is MurmurHash3's finaliser, which shares nothing with the gateway's coins.
 */
final class Sampler {
    private final SamplingParameters parameters;
    private final long seed;
    private final int choice;
    private final Map<Integer, Integer> drawnBefore = new HashMap<>();
    private int step;

    /** @param choice the choice's index, ≥ 0 */
    Sampler(SamplingParameters parameters, long seed, int choice) {
        this.parameters = parameters;
        this.seed = seed;
        this.choice = choice;
    }

    /** Draws the next token behind these logits, one per token of the vocabulary. */
    Draw draw(float[] logits) {
        double[] weights = new double[logits.length];
        for (int id = 0; id < weights.length; id++) {
            weights[id] = logits[id];
        }
        Law raw = Law.of(weights);
        push(weights);
        Law biased = Law.of(weights);
        Law drawn = drawn(biased);
        int id = drawn.draw(coin(seed, choice, step++));
        drawnBefore.merge(id, 1, Integer::sum);
        return new Draw(id, raw, biased, drawn);
    }

    /** Adds the bias, and takes the penalties off the tokens that the answer already has. */
    private void push(double[] weights) {
        parameters.logitBias().forEach((id, nats) -> weights[id] += nats);
        drawnBefore.forEach(
                (id, times) -> weights[id] -= parameters.presencePenalty() + times * parameters.frequencyPenalty());
    }

    private Law drawn(Law biased) {
        double temperature = or(parameters.temperature(), 1);
        if (temperature == 0) {
            return biased.greedy();
        }
        Integer topK = parameters.topK();
        return biased.tempered(temperature)
                .truncated(
                        topK == null || topK <= 0 ? Integer.MAX_VALUE : topK,
                        or(parameters.topP(), 1),
                        or(parameters.minP(), 0));
    }

    private static double or(@Nullable Double value, double absent) {
        return value == null ? absent : value;
    }

    /** Uniform in [0, 1). */
    private static double coin(long seed, int choice, int step) {
        return (mix(mix(mix(seed) + choice) + step) >>> 11) * 0x1.0p-53;
    }

    private static long mix(long key) {
        long z = key + 0x632be59bd9b4e019L;
        z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }
}
