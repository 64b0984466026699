package dev.trimtab.steering;

import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import org.jspecify.annotations.Nullable;

/** Reads a client's truncation. */
final class Truncations {
    private Truncations() {}

    static Truncation asked(Capabilities capabilities, SamplingParameters sampling) {
        return new Truncation(
                orElse(sampling.topP(), 1),
                sampling.topK() == null ? 0 : Math.max(0, sampling.topK()),
                orElse(sampling.minP(), 0),
                capabilities.truncationOrder());
    }

    private static double orElse(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }
}
