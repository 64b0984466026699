package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** The upstream's own answers, and the language model that they make. */
class TrainSamplesIT {
    @TempDir
    private Path folder;

    private Path prompts() throws IOException {
        return Files.writeString(folder.resolve("prompts.jsonl"), """
                {"messages": [{"role": "user", "content": "name[The Mill], eatType[pub]"}]}
                {"messages": [{"role": "user", "content": "name[Cotto], food[Italian]"}]}
                """);
    }

    private int samples(String out, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "train",
                "samples",
                "--prompts=" + folder.resolve("prompts.jsonl"),
                "--out=" + folder.resolve(out),
                "--cache=" + folder.resolve("shown")));
        all.addAll(List.of(more));
        return new CommandLine(new TrimtabCommand()).execute(all.toArray(String[]::new));
    }

    @Test
    void answers_areWritten_theSameAgain_andMakeALanguageModel() throws IOException {
        prompts();
        assertThat(samples("samples.jsonl", "--samples=3", "--max-tokens=20")).isZero();
        List<String> lines = Files.readAllLines(folder.resolve("samples.jsonl"));
        List<JsonNode> answers = lines.stream()
                .map(line -> (JsonNode) Json.object(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
        assertThat(answers).hasSize(6);
        Set<String> firsts = answers.subList(0, 3).stream()
                .map(one -> one.path("completion").asString())
                .collect(Collectors.toSet());
        assertThat(firsts).hasSizeGreaterThan(1).allMatch(text -> !text.isBlank());
        assertThat(answers.get(0).at("/messages/0/content").asString()).contains("The Mill");
        assertThat(answers.get(5).at("/messages/0/content").asString()).contains("Cotto");

        assertThat(samples("again.jsonl", "--samples=3", "--max-tokens=20")).isZero();
        assertThat(Files.readAllLines(folder.resolve("again.jsonl"))).isEqualTo(lines);

        Path model = folder.resolve("model");
        int status = new CommandLine(new TrimtabCommand())
                .execute(
                        "train",
                        "language-model",
                        "--data=" + folder.resolve("samples.jsonl"),
                        "--out=" + model,
                        "--layers=1",
                        "--width=16",
                        "--heads=1",
                        "--passes=1");
        assertThat(status).isZero();
        assertThat(model.resolve("model.onnx")).isRegularFile();
    }

    @Test
    void whatIsSpent_isSaid_inMoneyWhereTokensHaveAPrice() throws IOException {
        prompts();
        String said = said(() -> {
            assertThat(samples("samples.jsonl", "--samples=1", "--max-tokens=8", "--token-prices=1000000,0"))
                    .isZero();
            assertThat(samples("more.jsonl", "--token-prices=1")).isOne();
        });
        assertThat(said)
                .contains("left out: 2 answers that do not end within 8 tokens")
                .containsPattern("so far 2 calls, (\\d+) tokens read, \\d+ written, \\1\\.0000 spent")
                .contains("--token-prices: [1.0] (expected: two numbers of at least 0)");
    }

    @Test
    void file_thatIsThere_isLeftAlone_andNothingIsAsked() throws IOException {
        prompts();
        Path marked = Files.writeString(folder.resolve("marked.jsonl"), "by hand");

        assertThat(said(() -> assertThat(samples("marked.jsonl", "--samples=1")).isOne()))
                .contains("--out: " + marked + " is there (expected: a new file");
        assertThat(marked).hasContent("by hand");
        assertThat(folder.resolve("shown")).doesNotExist();
    }

    /** What is said on standard error meanwhile. */
    private static String said(Runnable meanwhile) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            meanwhile.run();
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
