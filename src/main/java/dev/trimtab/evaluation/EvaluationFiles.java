package dev.trimtab.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes an evaluation down: {@code evaluation.json}, {@code evaluation.md} and {@code evaluation.html}. */
public final class EvaluationFiles {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private EvaluationFiles() {}

    /**
     * Writes all three.
     *
     * @param folder made where it is not there; files of the same names in it are replaced
     */
    public static void write(Evaluation evaluation, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("evaluation.json"), JSON.writeValueAsString(evaluation) + "\n");
        Files.writeString(folder.resolve("evaluation.md"), markdown(evaluation));
        Files.writeString(folder.resolve("evaluation.html"), ReportPage.of(evaluation));
    }

    /** The tables and where they come from. */
    public static String markdown(Evaluation evaluation) {
        StringBuilder text = new StringBuilder("# " + evaluation.provenance().policy() + ", evaluated\n\n");
        text.append(Facts.subject(evaluation)).append(".\n\n").append(listed(Facts.headline(evaluation)));
        Grids.of(evaluation)
                .forEach(grid -> text.append(section(grid.title(), grid.says() + "\n\n" + grid.markdown())));
        if (!evaluation.remarks().isEmpty()) {
            text.append(section("To be kept in mind", listed(evaluation.remarks())));
        }
        return text.append(section("Where the figures come from", listed(Facts.provenance(evaluation))))
                .toString();
    }

    private static String section(String title, String text) {
        return "\n## " + title + "\n\n" + text;
    }

    private static String listed(Map<String, String> facts) {
        return listed(facts.entrySet().stream()
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .toList());
    }

    private static String listed(List<String> lines) {
        return lines.stream().map(line -> "- " + line + "\n").collect(Collectors.joining());
    }
}
