package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Writes a policy's folder, which appears as a whole. */
final class PolicyWriting {
    private static final YAMLMapper YAML = new YAMLMapper();
    /** The file of a policy's bias. */
    static final String BIAS = "bias.tsv";

    private static final String SPEC = "policy.yaml";
    private static final JsonMapper JSON = new JsonMapper();

    private PolicyWriting() {}

    /**
     * Writes a folder in place of what stands there.
     *
     * @param idOf the id that a gateway will know for a token's bytes, or −1
     * @throws IOException where it cannot be written; what stood there then stays
     */
    static void write(Path folder, PolicyParts parts, ToIntFunction<byte[]> idOf) throws IOException {
        Path out = folder.toAbsolutePath();
        Path root = Files.createDirectories(Objects.requireNonNull(out.getParent()));
        Path written = begin(root);
        Files.writeString(written.resolve(SPEC), yaml(parts));
        Files.writeString(written.resolve("CARD.md"), parts.card());
        if (!parts.bias().isEmpty()) {
            Files.writeString(written.resolve(BIAS), lines(parts.bias(), idOf));
        }
        if (parts.scorer() != null) {
            parts.scorer().write(written, parts.int8(), Map.of("trimtab.provenance", parts.card()));
        }
        replace(out, written);
    }

    /** Throws an {@link IllegalArgumentException} where a policy's folder may not be written: something else is there. */
    static void check(Path out) throws IOException {
        boolean taken = Files.exists(out) && !isPolicy(out) && !(Files.isDirectory(out) && isEmpty(out));
        Required.that(!taken, "out", out, "a new folder, or a policy's, which is replaced");
    }

    /** Whether a folder holds a policy. */
    static boolean isPolicy(Path folder) {
        return Files.exists(folder.resolve(SPEC));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** A new folder that whoever may read its parent may read, as no temporary one would be: a gateway may be another user. */
    static Path begin(Path root) throws IOException {
        return Files.createDirectory(root.resolve(".written-" + UUID.randomUUID()));
    }

    /** What the folder's {@code policy.yaml} says. */
    static String yaml(PolicyParts parts) {
        return YAML.writeValueAsString(spec(parts));
    }

    private static Map<String, Object> spec(PolicyParts parts) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("description", parts.description());
        spec.put("upstream", parts.upstream());
        spec.put("model", parts.model());
        if (!parts.preface().isEmpty()) {
            spec.put(
                    "preface",
                    parts.preface().stream().map(PolicyWriting::message).toList());
        }
        if (!parts.bias().isEmpty()) {
            spec.put("bias", BIAS);
        }
        if (parts.scorer() != null) {
            spec.put("scorers", List.of(Map.of("plugin", FittedScorer.MODEL, "tokenizer", FittedScorer.TOKENIZER)));
        }
        return spec;
    }

    private static Map<String, String> message(PrefaceMessage message) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("role", message.role());
        fields.put("content", message.content());
        return fields;
    }

    /** By its text where a gateway finds the same token by that, else by its id, its text in a comment. */
    static String lines(Map<Token, Double> bias, ToIntFunction<byte[]> idOf) {
        StringBuilder lines = new StringBuilder("# token, nats\n");
        bias.forEach((token, nats) -> {
            String text = JSON.writeValueAsString(Utf8.text(token));
            int found = token.isEnd() ? Token.NO_ID : idOf.applyAsInt(token.bytes());
            int id = token.id() == Token.NO_ID ? found : token.id();
            boolean byText = !token.isEnd() && Utf8.isWhole(token.bytes()) && found == id;
            lines.append(byText ? text : "# " + text + "\nid:" + id)
                    .append('\t')
                    .append(nats == Double.NEGATIVE_INFINITY ? "-inf" : nats)
                    .append('\n');
        });
        return lines.toString();
    }

    /** Moves a folder to where another may stand, which goes. */
    static void replace(Path out, Path written) throws IOException {
        if (!Files.exists(out)) {
            Files.move(written, out, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        Path old = Files.createTempDirectory(Objects.requireNonNull(out.getParent()), ".replaced");
        Files.move(out, old.resolve("policy"), StandardCopyOption.ATOMIC_MOVE);
        Files.move(written, out, StandardCopyOption.ATOMIC_MOVE);
        try (Stream<Path> files = Files.walk(old)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
