package dev.trimtab.training;

import dev.trimtab.openai.JsonLines;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * An answer in which somebody has marked what is unwanted.
 *
 * @param example what was asked, and the answer
 * @param spans of the answer's UTF-8 bytes
 */
record LabelledAnswer(Example example, List<Span> spans) {
    /**
     * A part of a text.
     *
     * @param start its first byte
     * @param end behind its last byte
     */
    record Span(int start, int end) {
        boolean overlaps(int from, int to) {
            return from < end && start < to;
        }
    }

    /** Reads one, its spans in characters; an {@link IllegalArgumentException} says which field is wrong. */
    static LabelledAnswer of(JsonNode json) {
        Example example = Example.of(json);
        JsonNode given = json.path("spans");
        if (!given.isArray()) {
            throw JsonLines.wrong("spans", given, "[[start, end], ...], possibly none");
        }
        List<Span> spans = new ArrayList<>();
        for (JsonNode span : given) {
            spans.add(span(span, example.completion(), spans.size()));
        }
        return new LabelledAnswer(example, List.copyOf(spans));
    }

    private static Span span(JsonNode json, String text, int index) {
        int length = text.codePointCount(0, text.length());
        int start = json.path(0).asInt(-1);
        int end = json.path(1).asInt(-1);
        if (json.size() != 2 || start < 0 || end <= start || end > length) {
            throw JsonLines.wrong(
                    "spans[" + index + "]", json, "[start, end], characters, 0 <= start < end <= " + length);
        }
        return new Span(bytesBefore(text, start), bytesBefore(text, end));
    }

    private static int bytesBefore(String text, int codePoints) {
        return text.substring(0, text.offsetByCodePoints(0, codePoints)).getBytes(StandardCharsets.UTF_8).length;
    }
}
