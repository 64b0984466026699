package dev.trimtab.token;

/**
 * How a draft law cuts its tail: only the k heaviest tokens, the smallest set that reaches a mass, tokens of at least a
 * share of the heaviest. Each part is off at its neutral value.
 *
 * @param topP (0, 1]; 1 is off
 * @param topK ≥ 0; 0 is off
 * @param minP [0, 1); 0 is off
 * @param order whether the temperature is applied before the cut or after it
 */
public record Truncation(double topP, int topK, double minP, Order order) {
    /** Cuts nothing. */
    public static final Truncation NONE = new Truncation(1, 0, 0, Order.TEMPERATURE_FIRST);

    /** What comes first in the upstream's sampler. */
    public enum Order {
        TEMPERATURE_FIRST,
        TRUNCATION_FIRST
    }

    public boolean isNeutral() {
        return topP >= 1 && topK == 0 && minP == 0;
    }

    /** How many of the heaviest survive, of weights in descending order that are all there is. */
    int survivors(double[] descending) {
        int count = topK == 0 ? descending.length : Math.min(topK, descending.length);
        while (count > 1 && descending[count - 1] < minP * descending[0]) {
            count--;
        }
        return topP >= 1 ? count : Math.min(count, reaching(descending, count, topP));
    }

    private static int reaching(double[] descending, int count, double share) {
        double mass = 0;
        for (int i = 0; i < count; i++) {
            mass += descending[i];
        }
        return Support.reach(descending, count, (share - 1e-12) * mass);
    }
}
