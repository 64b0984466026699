package dev.trimtab.training;

import dev.trimtab.openai.JsonLines;
import dev.trimtab.scoring.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Wanted answers, one JSON object a line: {@code {"messages": […] | "prompt": "…", "completion": "…"}}. */
final class Examples {
    private Examples() {}

    /** Reads a file of them, as {@link JsonLines#read} does. */
    static List<Example> read(Path file) throws IOException {
        return JsonLines.read(file, Example::of);
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
