package dev.trimtab.training;

/** What a setting has to be. */
final class Required {
    private Required() {}

    /** Throws an {@link IllegalArgumentException}, {@code name: value (expected: what)}, where it does not hold. */
    static void that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    static void atLeast(int least, String name, int value) {
        that(value >= least, name, value, "at least " + least);
    }

    /** A finite number of at least 0. */
    static void weight(String name, double value) {
        that(value >= 0 && Double.isFinite(value), name, value, "a number of at least 0");
    }
}
