package dev.trimtab.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a {@code policy.yaml} to its end, whatever is wrong on the way. */
final class PolicySpecReader {
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");

    private final PolicyFolder folder;
    private final Problems problems;

    PolicySpecReader(PolicyFolder folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    PolicySpec read() throws IOException {
        Fields fields = Fields.of(document(), problems);
        fields.text("description");
        PolicySpec spec = new PolicySpec(
                fields.choice("stage", Stage.FULL),
                fields.choice("failure-mode", FailureMode.OPEN),
                fields.choice("route", Route.DRAFTED),
                fields.text("upstream"),
                fields.text("model"),
                fields.list("preface").stream().map(this::message).toList(),
                file(fields, "bias"),
                fields.list("scorers").stream().map(this::scorer).toList(),
                negative(fields),
                limits(fields.mapping("limits")),
                attachments(fields.mapping("serves")));
        fields.reportUnknownKeys();
        return spec;
    }

    private JsonNode document() throws IOException {
        if (!folder.has("policy.yaml")) {
            problems.add("nothing (expected: a file)");
            return MissingNode.getInstance();
        }
        JsonNode document = yaml(Files.readAllBytes(folder.file("policy.yaml")), "");
        return document == null ? MissingNode.getInstance() : document;
    }

    /** Null where it is not YAML. */
    private @Nullable JsonNode yaml(byte[] bytes, String place) {
        try {
            return YAML.readTree(bytes);
        } catch (JacksonException e) {
            problems.add(place + "line " + e.getLocation().getLineNr() + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse("") + " (expected: YAML)");
            return null;
        }
    }

    /** Reads a file of rules that stands alone, as {@code negative.rules} may name one. */
    static Negative rules(Path file, Problems problems) {
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.putObject("negative").put("rules", String.valueOf(file.getFileName()));
        PolicyFolder folder =
                new PolicyFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        return new PolicySpecReader(folder, problems).negative(Fields.of(policy, problems));
    }

    private Negative negative(Fields policy) {
        if (policy.isEmpty("negative")) {
            return Negative.NONE;
        }
        Fields fields = policy.mapping("negative");
        if (fields.isPresent() && fields.isEmpty("rules")) {
            fields.wrong("rules", "at least one rule");
        }
        return new NegativeReader().read(fields, fields.listOrFile("rules", file -> rules(fields, file)));
    }

    /** Null where there is a problem with the file. */
    private @Nullable JsonNode rules(Fields fields, String file) {
        if (existing(fields, "rules", file).isEmpty()) {
            return null;
        }
        try {
            return yaml(Files.readAllBytes(folder.file(file)), file + ": ");
        } catch (IOException e) {
            problems.add(file + ": " + e + " (expected: a file that can be read)");
            return null;
        }
    }

    private PrefaceMessage message(Fields fields) {
        PrefaceMessage message = new PrefaceMessage(fields.requiredText("role"), fields.requiredText("content"));
        if (!message.role().isEmpty() && !ROLES.contains(message.role())) {
            fields.wrong("role", "system, developer, user or assistant");
        }
        fields.reportUnknownKeys();
        return message;
    }

    private ScorerSpec scorer(Fields fields) {
        ScorerSpec scorer = new ScorerSpec(
                requiredFile(fields, "plugin"),
                requiredFile(fields, "tokenizer"),
                fields.number("strength", 1, value -> value >= 0 && Double.isFinite(value), "a number ≥ 0"));
        fields.reportUnknownKeys();
        return scorer;
    }

    private static Attachments attachments(Fields fields) {
        Set<String> models = new TreeSet<>(fields.texts("models", model -> !model.isBlank(), "a model's name"));
        Map<String, String> headers = fields.mapping("headers").textMap();
        fields.reportUnknownKeys();
        return new Attachments(models, headers);
    }

    private static Limits limits(Fields fields) {
        Limits limits = new Limits(
                fields.integer("calls", Limits.DEFAULT.calls(), 1),
                fields.integer("replacements", Limits.DEFAULT.replacements(), 0),
                fields.integer("drafts", Limits.DEFAULT.drafts(), 1));
        if (limits.drafts() > Limits.MOST_DRAFTS) {
            fields.wrong("drafts", "an integer 1.." + Limits.MOST_DRAFTS);
        }
        fields.reportUnknownKeys();
        return limits;
    }

    private String requiredFile(Fields fields, String key) {
        String name = fields.requiredText(key);
        return name.isEmpty() ? name : existing(fields, key, name);
    }

    private @Nullable String file(Fields fields, String key) {
        String name = fields.text(key);
        return name == null ? null : existing(fields, key, name);
    }

    /** The name, or an empty one where the folder has no such file. */
    private String existing(Fields fields, String key, String name) {
        if (folder.has(name)) {
            return name;
        }
        fields.wrong(key, "a file in the policy's folder");
        return "";
    }
}
