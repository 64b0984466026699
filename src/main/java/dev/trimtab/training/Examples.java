package dev.trimtab.training;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.Json;
import dev.trimtab.scoring.Prompt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Wanted answers, one JSON object a line: {@code {"messages": […] | "prompt": "…", "completion": "…"}}. */
final class Examples {
    private static final int MOST_PROBLEMS = 10;

    private Examples() {}

    /** Reads a file of wanted answers. */
    static List<Example> read(Path file) throws IOException {
        return read(file, Example::of);
    }

    /**
     * Reads a file; empty lines are skipped.
     *
     * @param line reads one; an {@link IllegalArgumentException} says which field is wrong
     * @throws IllegalArgumentException that names the line and the field of each of the first problems
     * @throws IOException where it cannot be read
     */
    static <T> List<T> read(Path file, Function<JsonNode, T> line) throws IOException {
        List<T> examples = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String text : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (text.isBlank() || problems.size() == MOST_PROBLEMS) {
                continue;
            }
            try {
                examples.add(line.apply(Json.object(text.getBytes(StandardCharsets.UTF_8))));
            } catch (ApiException notJson) {
                problems.add(file + ":" + number + ": expected: a JSON object");
            } catch (IllegalArgumentException wrong) {
                problems.add(file + ":" + number + ": " + wrong.getMessage());
            }
        }
        if (problems.isEmpty() && examples.isEmpty()) {
            problems.add(file + ": nothing (expected: examples, one a line)");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        return examples;
    }

    /** Indices of examples in as many parts, by a seed; those of one prompt stay together. */
    static List<List<Integer>> parts(List<Prompt> prompts, int count, long seed) {
        Map<Prompt, List<Integer>> byPrompt = new LinkedHashMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            byPrompt.computeIfAbsent(prompts.get(i), prompt -> new ArrayList<>())
                    .add(i);
        }
        List<List<Integer>> groups = new ArrayList<>(byPrompt.values());
        Collections.shuffle(groups, new Random(seed));
        int parts = Math.min(count, groups.size());
        List<List<Integer>> all = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            all.add(new ArrayList<>());
        }
        for (int i = 0; i < groups.size(); i++) {
            all.get(i % parts).addAll(groups.get(i));
        }
        return all;
    }
}
