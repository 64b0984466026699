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
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A policy's folder as far as it can be adapted: a preface, a bias and one scorer that is a model. */
record AdaptedPolicy(Path folder, JsonNode spec) {
    private static final YAMLMapper YAML = new YAMLMapper();

    /**
     * Opens a folder.
     *
     * @throws IllegalArgumentException where its policy has no such scorer
     */
    static AdaptedPolicy open(Path folder) throws IOException {
        AdaptedPolicy policy =
                new AdaptedPolicy(folder, YAML.readTree(Files.readAllBytes(folder.resolve("policy.yaml"))));
        int scorers = policy.spec.path("scorers").size();
        if (scorers != 1 || policy.plugin().isEmpty()) {
            throw new IllegalArgumentException(
                    folder + ": " + scorers + " scorers (expected: one plugin, which is adapted)");
        }
        return policy;
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
        try (OnnxModel model = OnnxModel.load(model(), Accelerator.CPU)) {
            return model.metadata("trimtab.template");
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

    /** Writes a copy of the folder with another model and another bias in place of what stands there, as a whole. */
    void write(Path out, byte[] model, String biasLines) throws IOException {
        Path target = out.toAbsolutePath();
        Path root = Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Path written = PolicyWriting.begin(root);
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).forEach(file -> copy(file, written));
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
        Files.write(written.resolve(plugin()), model);
        if (!biasFile().isEmpty()) {
            Files.writeString(written.resolve(biasFile()), biasLines);
        }
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
