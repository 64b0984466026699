package dev.trimtab.upstream;

import org.jspecify.annotations.Nullable;

/**
 * The answer to one question of a probe.
 *
 * @param value null where it could not be decided
 * @param evidence what came back, or why nothing could be said
 */
record Seen<T>(@Nullable T value, String evidence) {
    static <T> Seen<T> unknown(String why) {
        return new Seen<>(null, why);
    }
}
