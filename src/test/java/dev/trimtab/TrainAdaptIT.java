package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Session;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/** The command from a policy and new examples to an adapted policy; its scorer is a tiny language model. */
class TrainAdaptIT {
    private static final Path TOKENIZER = Path.of("config/policies/brand-voice/tokenizer.json");
    private static final List<String> NAMES = List.of("The Eagle", "Aromi", "Zizzi", "Cotto");
    private static final List<String> FOODS = List.of("Chinese", "French", "Indian");
    private static final Duration SOON = Duration.ofSeconds(15);

    /** Shared: what the demo has shown once is not asked again. */
    @TempDir
    private static Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void policy() throws IOException {
        Path examples = examples();
        assertThat(execute(
                        "train",
                        "language-model",
                        "--data=" + examples,
                        "--tokenizer=" + TOKENIZER,
                        "--out=" + folder.resolve("plain"),
                        "--layers=1",
                        "--width=16",
                        "--heads=2",
                        "--context=64",
                        "--passes=2"))
                .isZero();
        Files.writeString(folder.resolve("plain/policy.yaml"), """
                upstream: demo
                scorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]
                """);
        Path biased = Files.createDirectories(folder.resolve("biased"));
        for (String name : List.of("model.onnx", "tokenizer.json")) {
            Files.copy(folder.resolve("plain").resolve(name), biased.resolve(name));
        }
        Files.writeString(biased.resolve("CARD.md"), "# Made by hand");
        Files.writeString(biased.resolve("policy.yaml"), """
                upstream: demo
                serves: {models: [mine]}
                bias: bias.tsv
                scorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]
                """);
        Files.writeString(biased.resolve("bias.tsv"), "\"If\"\t1\n\" you\"\t-2\n\"Why\"\t-inf\n");
    }

    private static Path examples() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String place : NAMES) {
            for (String food : FOODS) {
                ObjectNode json = Json.mapper().createObjectNode();
                json.putArray("messages")
                        .addObject()
                        .put("role", "user")
                        .put("content", "name[" + place + "], eatType[pub], food[" + food + "]");
                json.put("completion", "If you like " + food + " food, you will love " + place + ".");
                lines.add(json.toString());
            }
        }
        return Files.write(folder.resolve("examples.jsonl"), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "biases", "lora:2", "mask:0.1"})
    void update_ofTheScorer_isWritten_andScoresOtherwise(String update) throws IOException {
        Path out = folder.resolve(update.replace(':', '-'));

        assertThat(adapt("plain", update, out)).isZero();

        assertThat(differences(scores(out), scores(folder.resolve("plain")))).isGreaterThan(1e-3);
    }

    @Test
    void update_ofTheBias_isWritten_inPlaceOfWhatWasThere_andTheScorerStays() throws IOException {
        Path out = Files.createDirectories(folder.resolve("rebiased"));
        Files.writeString(out.resolve("policy.yaml"), "description: Another.");
        Path stale = Files.writeString(out.resolve("stale.txt"), "");

        assertThat(adapt("biased", "bias", out)).isZero();

        assertThat(stale).doesNotExist();

        assertThat(differences(scores(out), scores(folder.resolve("biased")))).isLessThan(1e-4);
        Policy adapted = read(out);
        try {
            assertThat(adapted.bias().nats(Token.of(" you"))).isGreaterThan(-1.9);
            assertThat(adapted.bias().nats(Token.of("Why"))).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(adapted.model()).isEqualTo("demo");
            assertThat(adapted.attachments().serves("mine")).isFalse();
        } finally {
            adapted.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"If\"\t-2\n\"Why\"\t-inf\n", ""})
    void policyWithoutScorer_isAdaptedByItsBias(String bias) throws IOException {
        Path from = Files.createDirectories(folder.resolve("scorerless" + bias.length()));
        Files.writeString(from.resolve("policy.yaml"), """
                upstream: demo
                preface: [{role: system, content: Speak to the reader.}]
                """ + (bias.isEmpty() ? "" : "bias: own.tsv\n"));
        Files.writeString(from.resolve("own.tsv"), bias);
        Path out = folder.resolve("adapted-" + from.getFileName());

        assertThat(said(1, adapting(from.getFileName().toString(), "head", out)))
                .contains("update: head (expected: a part of", "which has no scorer");
        assertThat(adapt(from.getFileName().toString(), "bias", out)).isZero();

        Policy adapted = read(out);
        try {
            assertThat(adapted.scorers()).isEmpty();
            assertThat(adapted.preface()).hasSize(1);
            if (bias.isEmpty()) {
                assertThat(adapted.bias().nats(Token.of("If"))).isPositive();
            } else {
                assertThat(adapted.bias().nats().keySet()).containsExactlyInAnyOrder(Token.of("If"), Token.of("Why"));
                assertThat(adapted.bias().nats(Token.of("If"))).isGreaterThan(-1.9);
                assertThat(adapted.bias().nats(Token.of("Why"))).isEqualTo(Double.NEGATIVE_INFINITY);
            }
        } finally {
            adapted.close();
        }
        assertThat(Files.readString(out.resolve("CARD.md"))).contains("entries moved", "examples apart");
    }

    @Test
    void policy_adaptedInItsPlace_goesOnServingWhatItServes() throws IOException {
        Path out = Files.createDirectories(folder.resolve("served"));
        try (Stream<Path> files = Files.list(folder.resolve("biased"))) {
            for (Path file : files.toList()) {
                Files.copy(file, out.resolve(file.getFileName()));
            }
        }

        assertThat(adapt("served", "bias", out)).isZero();

        assertThat(Files.readString(out.resolve("CARD.md"))).contains("Adapted from served");
        assertThat(Files.readString(out.resolve("policy.yaml"))).contains("serves:", "mine");
    }

    @Test
    void card_tellsHowItWasAdapted() throws IOException {
        Path out = folder.resolve("carded");

        assertThat(adapt("biased", "bias", out)).isZero();

        assertThat(Files.readString(out.resolve("CARD.md")))
                .contains(
                        "nats/token held out",
                        "Adapted from biased to examples.jsonl (SHA-256",
                        "the scorer from model.onnx (SHA-256",
                        "Trimtab")
                .doesNotContain("by hand");
    }

    @Test
    void examplesOfOnePrompt_areRefused_beforeAnythingIsAsked() throws IOException {
        String line = Files.readAllLines(folder.resolve("examples.jsonl")).get(0);
        Path one = Files.write(folder.resolve("one.jsonl"), List.of(line, line.replace("love", "like")));
        List<String> adapting = new ArrayList<>(List.of(adapting("plain", "all", folder.resolve("none"))));
        adapting.replaceAll(argument -> argument.startsWith("--data=") ? "--data=" + one : argument);

        assertThat(said(1, adapting.toArray(String[]::new)))
                .contains("data: one prompt (expected: at least two)")
                .doesNotContain("collecting");
    }

    @Test
    void folder_thatIsNoPolicys_isLeftAlone() throws IOException {
        Path notes = Files.createDirectories(folder.resolve("notes"));
        Path note = Files.writeString(notes.resolve("note.txt"), "");

        assertThat(said(1, adapting("plain", "all", notes))).contains("out: " + notes + " (expected: a new folder");
        assertThat(said(1, adapting("plain", "all", folder.resolve("plain/adapted"))))
                .contains("expected: a folder outside of");
        assertThat(note).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "'upstream: other', 'upstream: demo (expected: other, which the policy is made for)'",
        "'scorers: [{plugin: model.onnx, tokenizer: tokenizer.json, strength: 0.5}]', 'strength: 0.5 (expected: 1'",
        "'scorers: [{plugin: a.onnx}, {plugin: b.onnx}]', '2 scorers (expected: at most one'",
        "'scorers: [', 'not YAML (expected: a policy)'"
    })
    void policy_thatCannotBeAdapted_isNamed(String line, String said) throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        for (String name : List.of("model.onnx", "tokenizer.json")) {
            Files.copy(folder.resolve("plain").resolve(name), other.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        String scorers = line.startsWith("scorers") ? "" : "scorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]";
        Files.writeString(other.resolve("policy.yaml"), line + "\n" + scorers + "\n");

        assertThat(said(1, adapting("other", "all", folder.resolve("none")))).contains(said);
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--update=lora:0, 'update: lora:0 (expected: bias, head, biases, lora:1..99, mask:0..1 or all)'",
        "--nearness=-1, nearness: -1.0 (expected: a number of at least 0)",
        "--price=NaN, price: NaN (expected: a number of at least 0)"
    })
    void parameter_thatIsWrong_isNamed(String argument, String said) {
        String[] adapting = adapting("plain", "all", folder.resolve("none"));
        List<String> arguments = new ArrayList<>(List.of(adapting));
        String name = argument.substring(0, argument.indexOf('='));
        arguments.removeIf(other -> other.startsWith(name));
        arguments.add(argument);

        assertThat(said(1, arguments.toArray(String[]::new))).contains(said);
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void policy_writtenIntoTheFolderOfARunningGateway_isListedAndAnswers_andIsMeasuredWithoutAsking() throws Exception {
        Path policies = Files.createDirectories(folder.resolve("policies"));
        try (ConfigurableApplicationContext gateway =
                Trimtab.start("--server.port=0", "--trimtab.policies-folder=" + policies)) {
            assertThat(models(gateway)).doesNotContain("adapted");
            String asks = "{\"model\":\"adapted\",\"temperature\":0,\"max_tokens\":40,\"messages\":[{\"role\":\"user\","
                    + "\"content\":\"name[Zizzi], eatType[pub], food[French]\"}]}";
            assertThat(ask(gateway, asks).statusCode()).isEqualTo(404);

            assertThat(adapt("plain", "all", policies.resolve("adapted"))).isZero();

            Flux.interval(Duration.ofMillis(50))
                    .onBackpressureDrop()
                    .concatMap(tick -> Flux.just(models(gateway)))
                    .takeUntil(models -> models.contains("\"adapted\""))
                    .blockLast(SOON);
            HttpResponse<String> answer = ask(gateway, asks);
            assertThat(answer.headers().firstValue("x-trimtab-policy")).hasValue("adapted");
            assertThat(text(answer)).startsWith("If you");
            assertThat(text(ask(gateway, asks.replace("adapted", "demo")))).doesNotContain("If you");
        }
        String said = said(
                0,
                "evaluate",
                "--policy=" + policies.resolve("adapted"),
                "--data=" + folder.resolve("examples.jsonl"),
                "--against=unsteered",
                "--max-tokens=1",
                "--cache=" + folder.resolve("shown"),
                "--out=" + folder.resolve("report"));
        assertThat(said).contains("asked about: 0, the others were known");
    }

    private static String text(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper()
                .readTree(answer.body())
                .at("/choices/0/message/content")
                .asString();
    }

    private static int adapt(String from, String update, Path out) {
        return execute(adapting(from, update, out));
    }

    private static String[] adapting(String from, String update, Path out) {
        return new String[] {
            "train",
            "adapt",
            "--upstream=demo",
            "--from=" + folder.resolve(from),
            "--data=" + folder.resolve("examples.jsonl"),
            "--update=" + update,
            "--cache=" + folder.resolve("shown"),
            "--nearness=0",
            "--out=" + out
        };
    }

    /** What a command says on standard error that ends with a status. */
    private static String said(int status, String... arguments) {
        PrintStream usual = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(execute(arguments)).isEqualTo(status);
        } finally {
            System.setErr(usual);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private static int execute(String... arguments) {
        return new CommandLine(new TrimtabCommand()).execute(arguments);
    }

    private static Policy read(Path policy) throws IOException {
        return PolicyCatalogue.read(
                policy, Set.of("demo"), Accelerator.CPU, Schedulers.immediate(), new SimpleMeterRegistry());
    }

    /** Of ten tokens at the first step, their mean 0. */
    private static double[] scores(Path folder) throws IOException {
        Vocabulary vocabulary = Vocabulary.read(Files.readAllBytes(TOKENIZER));
        Token[] tokens = IntStream.range(300, 310)
                .mapToObj(id -> new Token(id, vocabulary.bytes(id)))
                .toArray(Token[]::new);
        Step step = new Step(tokens[0], -1, new Candidates(tokens, new double[tokens.length]));
        Prompt prompt = new Prompt.Chat(List.of(new Prompt.Turn("user", "name[Aromi], eatType[pub]")));
        Policy policy = read(folder);
        try (Session session = policy.scorers().get(0).scorer().open(prompt)) {
            double[] scores =
                    session.score(new Window(List.of(), List.of(step))).block(SOON)[0];
            double mean = Arrays.stream(scores).average().orElseThrow();
            return Arrays.stream(scores).map(score -> score - mean).toArray();
        } finally {
            policy.close();
        }
    }

    private static double differences(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> Math.abs(one[i] - other[i]))
                .max()
                .orElseThrow();
    }

    private String models(ConfigurableApplicationContext gateway) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(StartBlock.of(gateway).url() + "/v1/models"))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString()).join().body();
    }

    private HttpResponse<String> ask(ConfigurableApplicationContext gateway, String body) {
        URI url = URI.create(StartBlock.of(gateway).url() + "/v1/chat/completions");
        HttpRequest request =
                HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(body)).build();
        return client.sendAsync(request, BodyHandlers.ofString()).join();
    }
}
