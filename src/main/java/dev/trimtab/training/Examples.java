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

/** Wanted answers, one JSON object a line: {@code {"messages": […] | "prompt": "…", "completion": "…"}}. */
final class Examples {
    private static final int MOST_PROBLEMS = 10;

    private Examples() {}

    /**
     * Reads a file; empty lines are skipped.
     *
     * @throws IllegalArgumentException that names the line and the field of each of the first problems
     * @throws IOException where it cannot be read
     */
    static List<Example> read(Path file) throws IOException {
        List<Example> examples = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int line = 0;
        for (String text : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            line++;
            if (text.isBlank() || problems.size() == MOST_PROBLEMS) {
                continue;
            }
            try {
                examples.add(Example.of(Json.object(text.getBytes(StandardCharsets.UTF_8))));
            } catch (ApiException notJson) {
                problems.add(file + ":" + line + ": expected: a JSON object");
            } catch (IllegalArgumentException wrong) {
                problems.add(file + ":" + line + ": " + wrong.getMessage());
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
