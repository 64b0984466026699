package dev.trimtab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The bench's policies: one scorer at strengths that change few tokens and many, each drafted and stepwise. */
final class BenchPolicies {
    /** Strength by the percentage of the demo's tokens that it changes, about; at the least all are scored. */
    private static final Map<Integer, Double> STRENGTHS = new TreeMap<>(Map.of(0, 0.001, 5, 0.5, 15, 1.8, 50, 6.0));

    static final List<String> NAMES =
            STRENGTHS.keySet().stream().map(String::valueOf).toList();

    /** The policies of a context-free bias alone. */
    static final List<String> BIASES = List.of("lower", "raise", "ban");

    private static final int BIASED = 20;
    private static final int BANNED = 3;

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

    /**
     * Writes the context-free ones into a new folder: the most frequent tokens a nat less likely, the next ones two nats
     * likelier, and a few from the middle of the most frequent banned.
     *
     * @param frequent token ids, the most frequent first
     */
    static Path biases(List<Integer> frequent) throws IOException {
        Path folder = Files.createTempDirectory("trimtab-bench");
        bias(folder.resolve("lower"), frequent.stream().limit(BIASED), "-1");
        bias(folder.resolve("raise"), frequent.stream().skip(BIASED).limit(BIASED), "2");
        bias(folder.resolve("ban"), frequent.stream().skip(BIASED / 2).limit(BANNED), "-inf");
        return folder;
    }

    private static void bias(Path folder, Stream<Integer> tokens, String nats) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("bias.tsv"),
                tokens.map(id -> "id:" + id + "\t" + nats + "\n").collect(Collectors.joining()));
        Files.writeString(folder.resolve("policy.yaml"), """
                bias: bias.tsv
                limits: {calls: 10000, replacements: 10000}
                """);
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
