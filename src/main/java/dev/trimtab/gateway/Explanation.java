package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much of its own steering an answer is to report in its {@code trimtab} field. */
enum Explanation {
    NONE,
    /** The books of every choice. */
    COUNTS,
    /** The books, and what was decided at every step. */
    STEPS;

    static final String HEADER = "x-trimtab-explain";

    static Explanation of(@Nullable String header) {
        if (header == null) {
            return NONE;
        }
        return switch (header.toLowerCase(Locale.ROOT)) {
            case "counts" -> COUNTS;
            case "steps" -> STEPS;
            default -> throw ApiException.invalid(HEADER, HEADER + ": " + header + " (expected: counts or steps)");
        };
    }
}
