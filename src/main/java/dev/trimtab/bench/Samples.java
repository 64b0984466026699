package dev.trimtab.bench;

import java.util.Arrays;
import java.util.List;

/**
 * How long things took.
 *
 * @param nanos each in nanoseconds, at least one
 * @param elapsed all of them together, side by side, in nanoseconds
 */
record Samples(long[] nanos, long elapsed) {
    static Samples merged(List<Samples> parts, long elapsed) {
        return new Samples(
                parts.stream().flatMapToLong(part -> Arrays.stream(part.nanos)).toArray(), elapsed);
    }

    /** As if one had come after another. */
    Samples and(Samples later) {
        return merged(List.of(this, later), elapsed + later.elapsed);
    }

    double medianMillis() {
        return Medians.of(Arrays.stream(nanos).mapToDouble(value -> value).toArray()) / 1e6;
    }

    double perSecond() {
        return nanos.length * 1e9 / elapsed;
    }
}
