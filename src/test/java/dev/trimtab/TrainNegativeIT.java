package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.scoring.Session;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/** The command from rules or marks to a folder that a gateway loads. */
class TrainNegativeIT {
    private static final List<String> NAMES = List.of("The Eagle", "Aromi", "Zizzi", "The Mill", "Cotto", "Strada");
    private static final String RULES = "- name: places\n  phrases: [\" located\", \" city\"]\n";

    @TempDir
    private Path folder;

    private static String message(int number) {
        return "name[" + NAMES.get(number % NAMES.size()) + "], eatType[pub], area["
                + (number % 2 == 0 ? "city centre" : "riverside") + "]"
                + (number < NAMES.size() ? "" : ", food[French]");
    }

    private static ObjectNode prompt(int number) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.putArray("messages").addObject().put("role", "user").put("content", message(number));
        return json;
    }

    private Path prompts(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(prompt(i).toString());
        }
        return Files.write(folder.resolve("prompts.jsonl"), lines);
    }

    private Path rules(String rules) throws IOException {
        return Files.writeString(folder.resolve("rules.yaml"), rules);
    }

    private int train(String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "train",
                "negative",
                "--upstream=demo",
                "--out=" + folder.resolve("policies/without"),
                "--cache=" + folder.resolve("shown"),
                "--width=32"));
        all.addAll(List.of(arguments));
        return new CommandLine(new TrimtabCommand()).execute(all.toArray(String[]::new));
    }

    private String complaint(String... arguments) {
        PrintStream usual = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            assertThat(train(arguments)).isEqualTo(1);
        } finally {
            System.setErr(usual);
        }
        return written.toString(StandardCharsets.UTF_8);
    }

    /** What the policy says of these tokens behind "The Eagle is". */
    private double[] lowerings(String... tokens) throws IOException {
        Token[] shown = Stream.of(tokens).map(Token::of).toArray(Token[]::new);
        double[] logprobs = new double[tokens.length];
        Arrays.fill(logprobs, -2);
        Prompt prompt = new Prompt.Chat(List.of(new Prompt.Turn("user", message(0))));
        Policy policy = PolicyCatalogue.read(
                folder.resolve("policies/without"),
                Set.of("demo"),
                Accelerator.CPU,
                Schedulers.immediate(),
                new SimpleMeterRegistry());
        try (Session session = policy.scorers().get(0).scorer().open(prompt)) {
            Scorer scorer = policy.scorers().get(0).scorer();
            assertThat(scorer.onlyLowers()).isTrue();
            Step step = new Step(shown[0], -2, new Candidates(shown, logprobs));
            List<Token> before = scorer.tokens("The Eagle is");
            return session.score(new Window(before, List.of(step))).block()[0];
        } finally {
            policy.close();
        }
    }

    private long cacheSize() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("shown"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static double[] masses(String card) {
        String row = card.lines()
                .filter(line -> line.contains("unwanted mass"))
                .findFirst()
                .orElseThrow();
        String[] cells = row.split("\\|");
        return new double[] {Double.parseDouble(cells[2]), Double.parseDouble(cells[3])};
    }

    @Test
    void rules_makeAPolicyThatLowersThem_andAgainWithoutAsking() throws IOException {
        String[] arguments = {"--prompts=" + prompts(12), "--reject=" + rules(RULES), "--samples=2", "--max-tokens=24"};
        assertThat(train(arguments)).isZero();

        String card = Files.readString(folder.resolve("policies/without/CARD.md"));
        double[] masses = masses(card);
        assertThat(masses[0]).isGreaterThan(0.05);
        assertThat(masses[1]).isLessThan(0.6 * masses[0]);
        double[] lowerings = lowerings(" located", " a", " an");
        assertThat(Arrays.stream(lowerings)).allMatch(lowering -> lowering <= 0);
        assertThat(lowerings[0]).isLessThan(-0.5);
        assertThat(lowerings[1]).isGreaterThan(-0.1);
        long kept = cacheSize();

        assertThat(train(arguments)).isZero();

        assertThat(cacheSize()).isEqualTo(kept);
        assertThat(masses(Files.readString(folder.resolve("policies/without/CARD.md"))))
                .isEqualTo(masses);
    }

    @Test
    void labels_makeAPolicyThatLowersWhatTheyMark() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            String name = NAMES.get(i % NAMES.size());
            ObjectNode json = prompt(i % 12).put("completion", name + " is located in the centre.");
            json.putArray("spans").addArray().add(name.length() + 4).add(name.length() + 11);
            lines.add(json.toString());
        }
        Path labels = Files.write(folder.resolve("labels.jsonl"), lines);

        assertThat(train("--labels=" + labels, "--int8")).isZero();

        assertThat(Files.size(folder.resolve("policies/without/model.onnx")))
                .as("embedding and head of 4,096 tokens and width 32")
                .isLessThan(2 * 4096 * 32 * 2L);
        double[] lowerings = lowerings(" located", " a");
        assertThat(lowerings[0]).isLessThan(-0.5);
        assertThat(lowerings[1]).isBetween(-0.2, 0.0);
    }

    @Test
    void nothingUnwanted_isSaid_withTheNumberOfAnswers_andNothingIsWritten() throws IOException {
        String said = complaint(
                "--prompts=" + prompts(4),
                "--reject=" + rules("- {name: none, phrases: [xylophone]}"),
                "--samples=2",
                "--max-tokens=8");

        assertThat(said).contains("reject: nothing unwanted in 8 answers that the upstream wrote", "--labels");
        assertThat(folder.resolve("policies")).doesNotExist();
    }

    @Test
    void promptsThatAreTooFew_areCounted_beforeAnythingIsAsked() throws IOException {
        String line = prompt(0)
                .put("completion", "Aromi.")
                .set("spans", Json.mapper().createArrayNode())
                .toString();
        Path labels = Files.write(folder.resolve("labels.jsonl"), List.of(line, line, line));

        assertThat(complaint("--prompts=" + prompts(2), "--reject=" + rules(RULES)))
                .contains("prompts: 2 different prompts (expected: at least 3)");
        assertThat(complaint("--labels=" + labels)).contains("labels: 1 different prompts (expected: at least 3)");
        assertThat(folder.resolve("shown")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--loss=mle, 'loss: mle (expected: tnff, tnrr, tnrf, tnfll, tnrll, nl, ul)'",
        "--alpha=-1, alpha: -1.0 (expected: a number of at least 0)",
        "--labels=b.jsonl, 'labels: b.jsonl (expected: prompts and reject, or labels)'",
        "--samples=0, samples: 0 (expected: at least 1)",
        "--context=0, context: 0 (expected: at least 1)"
    })
    void parameter_thatIsWrong_isNamed(String argument, String said) {
        assertThat(complaint("--prompts=p.jsonl", "--reject=r.yaml", argument)).contains(said);
    }
}
