package dev.trimtab.evaluation;

import java.util.List;

/**
 * One written text beside those that people wrote for the same input.
 *
 * @param references one or more
 */
record Segment(String hypothesis, List<String> references) {
    Segment {
        if (references.isEmpty()) {
            throw new IllegalArgumentException("references: none (expected: at least one)");
        }
        references = List.copyOf(references);
    }
}
