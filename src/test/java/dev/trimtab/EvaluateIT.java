package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shipped policy on a handful of descriptions, with the demo. */
class EvaluateIT {
    private static final String EAGLE = "name[The Eagle], eatType[coffee shop], food[Japanese], area[riverside]";
    private static final String MILL = "name[The Mill], eatType[pub], priceRange[cheap], area[city centre]";

    @TempDir
    Path folder;

    private static String line(String prompt, String completion) {
        return "{\"messages\": [{\"role\": \"user\", \"content\": \"" + prompt + "\"}], \"completion\": \"" + completion
                + "\"}\n";
    }

    private Path file(String name, String... lines) throws Exception {
        return Files.writeString(folder.resolve(name), String.join("", lines));
    }

    private static int execute(List<String> arguments) {
        return new CommandLine(new TrimtabCommand()).execute(arguments.toArray(String[]::new));
    }

    @Test
    void shippedPolicy_onAHandful_isReportedThreeWays() throws Exception {
        Path data = file(
                "heldout.jsonl",
                line(EAGLE, "If you want Japanese food, try The Eagle, a coffee shop by the riverside."),
                line(EAGLE, "If you are by the riverside, try the coffee shop The Eagle for Japanese food."),
                line(MILL, "If you are looking for a cheap pub in the city centre, try The Mill."));
        Path examples = file("examples.jsonl", line(MILL, "You can drink at The Mill."));
        Path outside = file(
                "outside.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"A film, <b>please</b>\"}]}\n");
        Path rules = file("rules.yaml", "[{name: cheap, phrases: [cheap]}]\n");
        Path out = folder.resolve("report");

        int status = execute(new ArrayList<>(List.of(
                "evaluate",
                "--policy=brand-voice",
                "--data=" + data,
                "--examples=" + examples,
                "--outside=" + outside,
                "--rules=" + rules,
                "--against=preface:1,bias,weighted:0.1",
                "--max-tokens=24",
                "--cache=" + folder.resolve("shown"),
                "--out=" + out)));

        assertThat(status).isZero();
        JsonNode json = new JsonMapper().readTree(Files.readString(out.resolve("evaluation.json")));
        assertThat(json.path("results").valueStream().map(result -> result.path("name")
                        .asString()))
                .containsExactly("unsteered", "preface:1", "weighted:0.1", "brand-voice");
        JsonNode unsteered = json.path("results").path(0);
        JsonNode policy = json.path("results").path(3);
        assertThat(policy.at("/aim/nats_per_token/interval/value").asDouble())
                .isLessThan(unsteered.at("/aim/nats_per_token/interval/value").asDouble());
        assertThat(policy.at("/aim/untold").asInt()).isZero();
        assertThat(policy.at("/aim/tokens").asInt())
                .isEqualTo(unsteered.at("/aim/tokens").asInt());
        assertThat(unsteered.at("/aim/suppressed/value").asDouble()).isLessThan(1e-12);
        assertThat(policy.at("/cost/calls").asDouble()).isGreaterThan(1);
        assertThat(unsteered.at("/negative/interval/value").asDouble()).isEqualTo(0.5);
        assertThat(policy.at("/outside/same/value").isNumber()).isTrue();
        assertThat(json.path("remarks").toString()).contains("bias is left out: the policy has no bias.");
        assertThat(json.at("/provenance/data/sha256").asString()).matches("[0-9a-f]{64}");
        assertThat(json.at("/provenance/policy_version").asString()).matches("[0-9a-f]{12}");
        assertThat(Files.readString(out.resolve("evaluation.md"))).contains("| brand-voice | ");
        assertSelfContained(Files.readString(out.resolve("evaluation.html")));
    }

    @Test
    void secondEvaluation_andContendersThatShowTheSame_areAskedAboutOnce() throws Exception {
        Path data = file("heldout.jsonl", line(EAGLE, "Try The Eagle."), line(MILL, "Try The Mill."));
        String[] arguments = {
            "evaluate",
            "--policy=brand-voice",
            "--data=" + data,
            "--against=scorer",
            "--max-tokens=1",
            "--cache=" + folder.resolve("shown"),
            "--out=" + folder.resolve("report")
        };

        assertThat(said(arguments))
                .containsPattern(
                        "asked about: 2, the others were known; so far [1-9]\\d* calls, [1-9]\\d* tokens read");
        assertThat(said(arguments)).contains("asked about: 0, the others were known");
    }

    /** The demo's own model in the demo's place changes nothing. */
    @Test
    void newModel_isReadAsTheModelThatItIs() throws Exception {
        Path data = file("heldout.jsonl", line(EAGLE, "Try The Eagle."), line(MILL, "Try The Mill."));

        int status = execute(List.of(
                "evaluate",
                "--policy=brand-voice",
                "--data=" + data,
                "--against=new-model",
                "--new-model=src/main/resources/demo",
                "--max-tokens=1",
                "--cache=" + folder.resolve("shown"),
                "--out=" + folder.resolve("report")));

        assertThat(status).isZero();
        JsonNode json = new JsonMapper().readTree(Files.readString(folder.resolve("report/evaluation.json")));
        assertThat(json.at("/provenance/new_model/sha256").asString()).matches("[0-9a-f]{64}");
        assertThat(json.at("/results/1/says").asString()).startsWith("the new model in the upstream's place");
        assertThat(json.at("/results/1/aim/nats_per_token/interval/value").asDouble())
                .isCloseTo(
                        json.at("/results/0/aim/nats_per_token/interval/value").asDouble(), within(1e-4));
    }

    @Test
    void answersThatFail_asTheirPolicyHasIt_areCounted_andTheRestIsMeasured() throws Exception {
        Path policy = Files.createDirectories(folder.resolve("strict"));
        for (String name : List.of("model.onnx", "tokenizer.json")) {
            Files.copy(Path.of("config/policies/brand-voice", name), policy.resolve(name));
        }
        Files.writeString(policy.resolve("policy.yaml"), """
                description: Fails once an answer takes more than a call.
                failure-mode: closed
                limits: {calls: 1}
                scorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]
                """);
        Path data = file("heldout.jsonl", line(EAGLE, "Try The Eagle."), line(MILL, "Try The Mill."));

        Path rules = file("rules.yaml", "[{name: the, phrases: [the]}]\n");

        String said = said(
                "evaluate",
                "--policy=" + policy,
                "--data=" + data,
                "--rules=" + rules,
                "--against=unsteered",
                "--max-tokens=24",
                "--cache=" + folder.resolve("shown"),
                "--out=" + folder.resolve("report"));

        JsonNode json = new JsonMapper().readTree(Files.readString(folder.resolve("report/evaluation.json")));
        assertThat(said).contains("Summing up");
        assertThat(json.at("/results/1/cost/failed").asInt()).isBetween(1, 2);
        assertThat(json.at("/results/1/cost/answers").asInt())
                .isEqualTo(2 - json.at("/results/1/cost/failed").asInt());
        assertThat(json.at("/results/0/cost/failed").asInt()).isZero();
        assertThat(json.at("/results/1/aim/tokens").asInt()).isPositive();
        assertThat(json.path("remarks").toString())
                .contains("of its answers failed", "Steering by policy strict failed", " are left out.");
        assertThat(json.at("/results/1/negative").isNull())
                .isEqualTo(json.at("/results/1/cost/answers").asInt() == 0);
    }

    @Test
    void candidates_asManyAsAreAskedFor_areShown_andEachNumberIsAskedAboutApart() throws Exception {
        Path data = file("heldout.jsonl", line(EAGLE, "Try The Eagle, won’t you?"));
        String[] arguments = {
            "evaluate",
            "--policy=brand-voice",
            "--data=" + data,
            "--against=unsteered",
            "--max-tokens=1",
            "--cache=" + folder.resolve("shown"),
            "--out=" + folder.resolve("report"),
            ""
        };

        List<Double> drift = new ArrayList<>();
        for (int candidates : List.of(1, 20, 4096)) {
            arguments[7] = "--top-logprobs=" + candidates;
            assertThat(said(arguments)).contains("asked about: 1, the others were known");
            JsonNode json = new JsonMapper().readTree(Files.readString(folder.resolve("report/evaluation.json")));
            drift.add(json.at("/results/1/aim/drift/value").asDouble());
        }
        assertThat(drift.get(0))
                .as("one candidate has no share to lose to others")
                .isLessThan(1e-9);
        assertThat(drift.subList(1, 3)).allMatch(nats -> nats > 0.01);
        try (Stream<Path> kept = Files.list(folder.resolve("shown"))) {
            assertThat(kept).hasSize(3);
        }
    }

    /** What a command that succeeds says on standard error. */
    private static String said(String... arguments) {
        PrintStream usual = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            assertThat(execute(List.of(arguments))).isZero();
        } finally {
            System.setErr(usual);
        }
        return written.toString(StandardCharsets.UTF_8);
    }

    private static void assertSelfContained(String html) throws Exception {
        assertThat(html).doesNotContain("http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link");
        Document page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
        assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(3);
        assertThat(page.getElementsByTagName("mark").getLength()).isPositive();
        assertThat(page.getElementsByTagName("table").getLength()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "--policy=none, '--policy: none (expected: a policy''s folder, or its name in config/policies)'",
        "--data=nothing.jsonl, --data: nothing.jsonl (expected: a file)",
        "--new-model=config/policies, '--new-model: config/policies (expected: a folder with model.onnx, as train language-model writes it)'",
        "--limit=-1, --limit: -1 (expected: at least 0)",
        "--top-logprobs=4097, '--top-logprobs: 4097 (expected: 1..4096, as the upstream shows)'",
        "--temperature=3, --temperature: 3.0 (expected: 0..2)",
        "--against=best, --against: best (expected: unsteered"
    })
    void parameter_thatIsWrong_isNamed(String argument, String said) throws Exception {
        Path data = file("heldout.jsonl", line(MILL, "Try The Mill."));
        List<String> arguments = new ArrayList<>(List.of("evaluate", "--out=" + folder));
        for (String other : List.of("--policy=brand-voice", "--data=" + data)) {
            if (!other.startsWith(argument.substring(0, 7))) {
                arguments.add(other);
            }
        }
        arguments.add(argument);
        PrintStream usual = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            assertThat(execute(arguments)).isEqualTo(1);
        } finally {
            System.setErr(usual);
        }
        assertThat(written.toString(StandardCharsets.UTF_8)).contains(said);
    }
}
