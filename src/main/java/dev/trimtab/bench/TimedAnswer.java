package dev.trimtab.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;

/**
 * One streamed answer.
 *
 * @param firstToken milliseconds from the request to the first text
 * @param whole milliseconds from the request to the last byte
 * @param books what the answer says of its own steering; missing where it says nothing
 */
record TimedAnswer(double firstToken, double whole, JsonNode books) {
    double calls() {
        return books.path("calls").doubleValue(1);
    }

    double drafted() {
        return books.path("drafted").doubleValue(0);
    }

    double discarded() {
        return books.path("discarded").doubleValue(0);
    }

    double replaced() {
        return books.path("replaced").doubleValue(0);
    }

    double kept() {
        return books.path("kept").doubleValue(0);
    }

    double askedAgain() {
        return books.path("asked_again").doubleValue(0);
    }

    double emitted() {
        return books.path("emitted").doubleValue(0);
    }

    /** Of some answers together. */
    static double sum(List<TimedAnswer> answers, ToDoubleFunction<TimedAnswer> what) {
        return answers.stream().mapToDouble(what).sum();
    }
}
