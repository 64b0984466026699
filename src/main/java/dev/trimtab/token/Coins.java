package dev.trimtab.token;

/**
 * Repeatable chance: uniform numbers keyed by (seed, choice, step, attempt, purpose), so that an answer can be
 * repeated whatever the timing, and no coin is used twice. The mixer is SplitMix64's finaliser.
 *
 * @param seed the request's seed, or a random one
 * @param choice the choice's index, ≥ 0
 */
public record Coins(long seed, int choice) {
    /** What a coin is tossed for. */
    public enum Purpose {
        THIN(1),
        STAND(2),
        REPLACE(3),
        FALLBACK(4),
        DRAW(5);

        private final int key;

        Purpose(int key) {
            this.key = key;
        }
    }

    /** Uniform in [0, 1). */
    public double toss(int step, int attempt, Purpose purpose) {
        long key = mix(mix(mix(mix(seed) + choice) + step) + attempt) + purpose.key;
        return (mix(key) >>> 11) * 0x1.0p-53;
    }

    /**
     * The seed that the j-th upstream call of this choice carries, in [0, 2³¹).
     *
     * @param call j ≥ 0
     */
    public int callSeed(int call) {
        return (int) (mix(mix(mix(seed ^ 0x6a09e667f3bcc909L) + choice) + call) >>> 33);
    }

    private static long mix(long key) {
        long z = key + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
