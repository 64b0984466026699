package dev.trimtab.training;

import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Bias;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A policy's folder as far as it can be adapted: a preface, a bias and at most one scorer, which is a model. */
record AdaptedPolicy(Path folder, ObjectNode spec) {
    private static final YAMLMapper YAML = new YAMLMapper();

    /**
     * Opens a folder.
     *
     * @param upstream the name of the one that is asked
     * @throws IllegalArgumentException where its policy is another upstream's, or has other scorers
     */
    static AdaptedPolicy open(Path folder, String upstream) throws IOException {
        AdaptedPolicy policy = new AdaptedPolicy(folder, read(folder.resolve("policy.yaml")));
        JsonNode scorers = policy.spec.path("scorers");
        String made = policy.spec.path("upstream").asString(upstream);
        Required.that(made.equals(upstream), "upstream", upstream, made + ", which the policy is made for");
        if (scorers.isEmpty()) {
            return policy;
        }
        Required.that(
                scorers.size() == 1 && !policy.plugin().isEmpty(),
                folder.toString(),
                scorers.size() + " scorers",
                "at most one, a plugin, which is adapted");
        double strength = scorers.path(0).path("strength").asDouble(1);
        Required.that(strength == 1, "strength", strength, "1, of a scorer that is adapted");
        Required.that(
                !policy.metadata("trimtab.kind").equals("negative"),
                policy.plugin(),
                "a model that only lowers",
                "one that train plugin has made");
        return policy;
    }

    private static ObjectNode read(Path file) throws IOException {
        try {
            return (ObjectNode) YAML.readTree(Files.readAllBytes(file));
        } catch (JacksonException | ClassCastException unreadable) {
            throw new IllegalArgumentException(file + ": not YAML (expected: a policy)", unreadable);
        }
    }

    /** Throws an {@link IllegalArgumentException} where the adapted policy may not be written. */
    void check(Path out) throws IOException {
        PolicyWriting.check(out);
        Path from = folder.toAbsolutePath().normalize();
        Path to = out.toAbsolutePath().normalize();
        Required.that(to.equals(from) || !to.startsWith(from), "out", out, "a folder outside of " + folder);
    }

    boolean hasScorer() {
        return !plugin().isEmpty();
    }

    private String plugin() {
        return spec.path("scorers").path(0).path("plugin").asString("");
    }

    Path model() {
        return folder.resolve(plugin());
    }

    Path tokenizer() {
        return folder.resolve(spec.path("scorers").path(0).path("tokenizer").asString(""));
    }

    /** How the scorer's prompts are written. */
    String template() {
        return metadata("trimtab.template");
    }

    /** Whether the scorer's zero is the score of every token that is not shown. */
    boolean zeroIsRest() {
        try (OnnxModel model = OnnxModel.load(model(), Accelerator.CPU)) {
            return "rest".equals(model.metadataOrNull("trimtab.zero"));
        }
    }

    private String metadata(String key) {
        try (OnnxModel model = OnnxModel.load(model(), Accelerator.CPU)) {
            return model.metadata(key);
        }
    }

    List<PrefaceMessage> preface() {
        List<PrefaceMessage> messages = new ArrayList<>();
        for (JsonNode message : spec.path("preface")) {
            messages.add(new PrefaceMessage(
                    message.path("role").asString(), message.path("content").asString()));
        }
        return messages;
    }

    private String biasFile() {
        return spec.path("bias").asString("");
    }

    Bias bias() throws IOException {
        return biasFile().isEmpty() ? Bias.NONE : Bias.parse(Files.readString(folder.resolve(biasFile())));
    }

    /**
     * Writes a copy of the folder with another model and another bias in place of what stands there, as a whole. What the
     * policy serves unasked stays its own, unless it is itself replaced.
     *
     * @param biasLines the bias's file, or empty where it has none
     * @param asked the upstream's model that it is made for
     * @param model the scorer's, or null where it has none
     * @param card what it is and where it came from, Markdown
     */
    void write(Path out, String asked, byte @Nullable [] model, String biasLines, String card) throws IOException {
        Path target = out.toAbsolutePath();
        Path root = Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Path written = PolicyWriting.begin(root);
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).forEach(file -> copy(file, written));
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
        if (model != null) {
            Files.write(written.resolve(plugin()), model);
        }
        Files.writeString(written.resolve("CARD.md"), card);
        ObjectNode own = spec.deepCopy();
        if (!target.normalize().equals(folder.toAbsolutePath().normalize())) {
            own.remove("serves");
        }
        own.put("model", asked);
        String file = biasFile().isEmpty() ? PolicyWriting.BIAS : biasFile();
        if (biasLines.isEmpty()) {
            own.remove("bias");
            Files.deleteIfExists(written.resolve(file));
        } else {
            own.put("bias", file);
            Files.writeString(written.resolve(file), biasLines);
        }
        Files.writeString(written.resolve("policy.yaml"), YAML.writeValueAsString(own));
        PolicyWriting.replace(target, written);
    }

    private void copy(Path file, Path into) {
        try {
            Path copy = into.resolve(folder.relativize(file));
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            Files.copy(file, copy);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
