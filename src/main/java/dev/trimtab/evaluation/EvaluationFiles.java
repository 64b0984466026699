package dev.trimtab.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        StringBuilder text = new StringBuilder("# ")
                .append(evaluation.provenance().policy())
                .append(", evaluated\n\n")
                .append(Facts.subject(evaluation))
                .append(".\n\n");
        for (Map.Entry<String, String> fact : Facts.headline(evaluation).entrySet()) {
            text.append("- ")
                    .append(fact.getKey())
                    .append(": ")
                    .append(fact.getValue())
                    .append('\n');
        }
        for (Grid grid : Grids.of(evaluation)) {
            text.append("\n## ")
                    .append(grid.title())
                    .append("\n\n")
                    .append(grid.says())
                    .append("\n\n");
            text.append(grid.markdown());
        }
        if (!evaluation.remarks().isEmpty()) {
            text.append("\n## To be kept in mind\n\n");
            evaluation
                    .remarks()
                    .forEach(remark -> text.append("- ").append(remark).append('\n'));
        }
        return text.append("\n## Where the figures come from\n\n")
                .append(Facts.provenance(evaluation).entrySet().stream()
                        .map(fact -> "- " + fact.getKey() + ": " + fact.getValue() + "\n")
                        .collect(Collectors.joining()))
                .toString();
    }
}
