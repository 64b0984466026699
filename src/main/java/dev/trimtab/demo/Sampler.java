package dev.trimtab.demo;

import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.token.Coins;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws the tokens of one choice, by coins that depend on nothing else that runs. */
final class Sampler {
    private final SamplingParameters parameters;
    private final Coins coins;
    private final Map<Integer, Integer> drawnBefore = new HashMap<>();
    private int step;

    Sampler(SamplingParameters parameters, Coins coins) {
        this.parameters = parameters;
        this.coins = coins;
    }

    /** Draws the next token behind these logits, one per token of the vocabulary. */
    Draw draw(float[] logits) {
        Draw read = read(logits, 0);
        int id = read.drawn().draw(coins.toss(step++, 0, Coins.Purpose.DRAW));
        drawnBefore.merge(id, 1, Integer::sum);
        return new Draw(id, read.raw(), read.biased(), read.drawn());
    }

    /** A token that was not drawn, and what it would have been drawn from. */
    Draw read(float[] logits, int id) {
        double[] weights = new double[logits.length];
        for (int other = 0; other < weights.length; other++) {
            weights[other] = logits[other];
        }
        Law raw = Law.of(weights);
        push(weights);
        Law biased = Law.of(weights);
        return new Draw(id, raw, biased, drawn(biased));
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
}
