package dev.trimtab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The bench's policies: one scorer at strengths that change few tokens and many, each drafted and stepwise. */
final class BenchPolicies {
    /** Strength by the percentage of the demo's tokens that it changes, about; at the least all are scored. */
    private static final Map<Integer, Double> STRENGTHS = new TreeMap<>(Map.of(0, 0.001, 5, 0.5, 15, 1.8, 50, 6.0));

    static final List<String> NAMES =
            STRENGTHS.keySet().stream().map(String::valueOf).toList();

    private BenchPolicies() {}

    /**
     * Writes them into a new folder.
     *
     * @param scorer has a {@code model.onnx} and its {@code tokenizer.json}
     */
    static Path write(Path scorer) throws IOException {
        Path folder = Files.createTempDirectory("trimtab-bench");
        for (Map.Entry<Integer, Double> strength : STRENGTHS.entrySet()) {
            for (String route : List.of("drafted", "stepwise")) {
                write(folder.resolve(route + "-" + strength.getKey()), scorer, route, strength.getValue());
            }
        }
        return folder;
    }

    private static void write(Path folder, Path scorer, String route, double strength) throws IOException {
        Files.createDirectories(folder);
        for (String file : List.of("model.onnx", "tokenizer.json")) {
            Files.copy(scorer.resolve(file), folder.resolve(file));
        }
        Files.writeString(folder.resolve("policy.yaml"), String.format(Locale.ROOT, """
                        model: demo
                        route: %s
                        scorers: [{plugin: model.onnx, tokenizer: tokenizer.json, strength: %s}]
                        limits: {calls: 10000, replacements: 10000}
                        """, route, strength));
    }
}
