package dev.trimtab.openai;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Files of one JSON object a line. */
public final class JsonLines {
    private static final int MOST_PROBLEMS = 10;
    private static final int MOST_CHARACTERS = 60;

    private JsonLines() {}

    /**
     * Reads a file; empty lines are skipped.
     *
     * @param line reads one; an {@link IllegalArgumentException} says which field is wrong
     * @return at least one
     * @throws IllegalArgumentException that names the line and the field of each of the first problems
     * @throws IOException where it cannot be read
     */
    public static <T> List<T> read(Path file, Function<JsonNode, T> line) throws IOException {
        List<T> read = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String text : lines(file)) {
            number++;
            if (text.isBlank() || problems.size() == MOST_PROBLEMS) {
                continue;
            }
            try {
                read.add(line.apply(Json.object(text.getBytes(StandardCharsets.UTF_8))));
            } catch (ApiException notJson) {
                problems.add(file + ":" + number + ": expected: a JSON object");
            } catch (IllegalArgumentException wrong) {
                problems.add(file + ":" + number + ": " + wrong.getMessage());
            }
        }
        if (problems.isEmpty() && read.isEmpty()) {
            problems.add(file + ": nothing (expected: JSON objects, one a line)");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        return read;
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException notUtf8) {
            throw new IllegalArgumentException(
                    file + ": not UTF-8 (expected: JSON objects in UTF-8, one a line)", notUtf8);
        }
    }

    /** Says what is wrong with a field. */
    public static IllegalArgumentException wrong(String field, JsonNode value, String expected) {
        String given = value.isMissingNode() ? "nothing" : value.toString();
        String shown = given.length() > MOST_CHARACTERS ? given.substring(0, MOST_CHARACTERS) + "…" : given;
        return new IllegalArgumentException(field + ": " + shown + " (expected: " + expected + ")");
    }
}
