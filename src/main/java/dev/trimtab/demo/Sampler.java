package dev.trimtab.demo;

import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.token.ShownLaw;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws from a law the way servers do: bias and penalties on the logits, then the temperature, then the k heaviest, the
 * smallest set that reaches top_p, and what is at least min_p of the heaviest. Pure.
 */
final class Sampler {
    private final SamplingParameters sampling;
    private final ShownLaw shown;

    Sampler(SamplingParameters sampling, ShownLaw shown) {
        this.sampling = sampling;
        this.shown = shown;
    }

    /**
     * One draw.
     *
     * @param id the drawn token
     * @param logprobs nats for every token, −∞ for what is impossible
     */
    record Draw(int id, double[] logprobs) {}

    /**
     * Draws a token.
     *
     * @param logits one per token; −∞ for a token that the model never writes
     * @param counts how often each token was generated before
     * @param coin uniform in [0, 1)
     */
    Draw draw(float[] logits, Map<Integer, Integer> counts, double coin) {
        double[] raw = logSoftmax(widened(logits), 1);
        double[] biased = logSoftmax(biased(logits, counts), 1);
        double temperature = sampling.temperature() == null ? 1 : sampling.temperature();
        if (temperature == 0) {
            int best = best(biased);
            double[] point = new double[biased.length];
            Arrays.fill(point, Double.NEGATIVE_INFINITY);
            point[best] = 0;
            return new Draw(best, shown(raw, biased, point));
        }
        double[] drawn = truncated(logSoftmax(biased, temperature));
        return new Draw(pick(drawn, coin), shown(raw, biased, drawn));
    }

    private double[] shown(double[] raw, double[] biased, double[] drawn) {
        return switch (shown) {
            case RAW -> raw;
            case BIASED -> biased;
            case DRAWN -> drawn;
        };
    }

    private static double[] widened(float[] logits) {
        return IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).toArray();
    }

    private double[] biased(float[] logits, Map<Integer, Integer> counts) {
        double[] biased = widened(logits);
        sampling.logitBias().forEach((id, nats) -> {
            if (id < biased.length) {
                biased[id] += nats;
            }
        });
        counts.forEach((id, count) -> biased[id] -= sampling.presencePenalty() + count * sampling.frequencyPenalty());
        return biased;
    }

    private double[] truncated(double[] logs) {
        boolean neutral = value(sampling.topP(), 1) >= 1 && topK() == 0 && value(sampling.minP(), 0) == 0;
        if (neutral) {
            return logs;
        }
        Integer[] order = IntStream.range(0, logs.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Double.compare(logs[b], logs[a]));
        int kept = topK() == 0 ? logs.length : Math.min(topK(), logs.length);
        double mass = 0;
        for (int i = 0; i < kept; i++) {
            mass += Math.exp(logs[order[i]]);
        }
        double reached = 0;
        double floor = Math.log(Math.max(value(sampling.minP(), 0), Double.MIN_NORMAL)) + logs[order[0]];
        double[] cut = new double[logs.length];
        Arrays.fill(cut, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < kept && (i == 0 || reached < value(sampling.topP(), 1) * mass); i++) {
            reached += Math.exp(logs[order[i]]);
            if (logs[order[i]] >= floor) {
                cut[order[i]] = logs[order[i]];
            }
        }
        return logSoftmax(cut, 1);
    }

    private int topK() {
        return sampling.topK() == null ? 0 : Math.max(0, sampling.topK());
    }

    private static double value(@Nullable Double given, double otherwise) {
        return given == null ? otherwise : given;
    }

    private static int pick(double[] logs, double coin) {
        double left = coin;
        int last = 0;
        for (int i = 0; i < logs.length; i++) {
            if (logs[i] > Double.NEGATIVE_INFINITY) {
                last = i;
                left -= Math.exp(logs[i]);
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    private static int best(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static double[] logSoftmax(double[] values, double temperature) {
        double max = Arrays.stream(values).max().orElse(0) / temperature;
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value / temperature - max);
        }
        double total = max + Math.log(sum);
        double[] logs = new double[values.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = values[i] / temperature - total;
        }
        return logs;
    }
}
