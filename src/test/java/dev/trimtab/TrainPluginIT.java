package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** The command from examples to a folder that a gateway loads. */
class TrainPluginIT {
    private static final List<String> NAMES =
            List.of("The Eagle", "The Vaults", "Aromi", "The Phoenix", "Zizzi", "The Mill", "Blue Spice", "Cotto");
    private static final List<String> FOODS = List.of("Chinese", "French", "Indian", "Italian", "Japanese", "English");

    @TempDir
    private Path folder;

    @Test
    void hundredExamplesOfAVoice_makeABias_thatAGatewayLoads_andAgainWithoutAsking() throws IOException {
        Path data = examples(96);
        assertThat(train(data, "--preface=0", "--layers=0")).isZero();

        Policy policy = loaded("voice");
        assertThat(policy.bias().nats()).hasSizeBetween(1, 50);
        assertThat(policy.upstream()).isEqualTo("demo");
        assertThat(Files.readString(folder.resolve("policies/voice/CARD.md")))
                .contains("Examples: 96 (`examples.jsonl`", "those of the preface among them", "seed 1", "demo");
        long kept = cacheSize();
        String bias = Files.readString(folder.resolve("policies/voice/bias.tsv"));
        assertThat(bias).contains("\" you\"\t");

        assertThat(train(data, "--preface=0", "--layers=0")).isZero();

        assertThat(cacheSize()).isEqualTo(kept);
        assertThat(Files.readString(folder.resolve("policies/voice/bias.tsv"))).isEqualTo(bias);
        try (Stream<Path> policies = Files.list(folder.resolve("policies"))) {
            assertThat(policies).containsExactly(folder.resolve("policies/voice"));
        }
    }

    @Test
    void dozenExamples_withAPreface_makeAPolicy() throws IOException {
        assertThat(train(examples(12), "--preface=2", "--layers=0")).isZero();

        assertThat(loaded("voice").preface().size()).isIn(0, 4);
    }

    @Test
    void twoPrices_makeAPolicyEach_whoseScorersReadTheConversation() throws IOException {
        assertThat(train(examples(40), "--preface=0", "--width=16", "--price=0,1"))
                .isZero();

        Policy free = loaded("voice-price-0.0");
        assertThat(free.scorers()).hasSize(1);
        assertThat(free.scorers().get(0).scorer().zeroIsRest()).isTrue();
        assertThat(loaded("voice-price-1.0").upstream()).isEqualTo("demo");
        assertThat(Files.readString(folder.resolve("policies/voice-price-0.0/CARD.md")))
                .contains("scorer at price 0.0", "scorer at price 1.0");
        try (OnnxModel model = OnnxModel.load(folder.resolve("policies/voice-price-0.0/model.onnx"), Accelerator.CPU)) {
            assertThat(model.metadata("trimtab.provenance"))
                    .contains("SHA-256", "model demo, `demo ", "seed 1", "1 layers of width 16", "Trimtab");
        }
    }

    @Test
    void givenPreface_isTakenWhole() throws IOException {
        Path shown = Files.write(
                folder.resolve("shown.jsonl"), Files.readAllLines(examples(20)).subList(0, 3));
        assertThat(train(examples(8), "--preface-examples=" + shown, "--layers=0"))
                .isZero();

        assertThat(loaded("voice").preface()).hasSize(6);
        assertThat(Files.readString(folder.resolve("policies/voice/CARD.md")))
                .contains("those of the preface apart (`shown.jsonl`), untried");
        assertThat(Files.getPosixFilePermissions(folder.resolve("policies/voice")))
                .isEqualTo(Files.getPosixFilePermissions(Files.createDirectory(folder.resolve("plain"))));
    }

    @ParameterizedTest
    @CsvSource({
        "--preface-examples=b.jsonl, 'preface: 2 (expected: nothing beside preface-examples)'",
        "--from=b.onnx, 'b.onnx: nothing is there (expected: a file)'",
        "--tokenizer=b.json, 'tokenizer: b.json (expected: a file)'"
    })
    void parameter_thatIsWrong_isNamed_beforeAnythingIsAsked(String argument, String named) throws IOException {
        PrintStream usual = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(train(examples(8), "--preface=2", argument)).isEqualTo(1);
        } finally {
            System.setErr(usual);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).contains(named).doesNotContain("collecting");
        assertThat(folder.resolve("policies")).doesNotExist();
    }

    @Test
    void folder_thatIsNoPolicys_isLeftAlone_alsoWhereNoScorerIsWanted() throws IOException {
        Path note = Files.createDirectories(folder.resolve("policies/voice")).resolve("note.txt");
        Files.writeString(note, "");

        assertThat(train(examples(8), "--layers=0", "--price=0,1")).isEqualTo(1);
        assertThat(note).exists();
    }

    @Test
    void badLine_isNamed_andNothingIsWritten() throws IOException {
        Path data = Files.writeString(folder.resolve("bad.jsonl"), "{\"prompt\":\"a\"}\n");

        assertThat(train(data, "--preface=0", "--layers=0")).isEqualTo(1);
        assertThat(folder.resolve("policies")).doesNotExist();
    }

    private int train(Path data, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "plugin",
                "--upstream=demo",
                "--data=" + data,
                "--out=" + folder.resolve("policies/voice"),
                "--cache=" + folder.resolve("shown"),
                "--bias=50"));
        arguments.addAll(List.of(options));
        return new CommandLine(new TrimtabCommand()).execute(arguments.toArray(String[]::new));
    }

    private Policy loaded(String name) {
        try (PolicyCatalogue catalogue = PolicyCatalogue.open(
                folder.resolve("policies"),
                Set.of("demo"),
                Accelerator.CPU,
                Schedulers.immediate(),
                Schedulers.boundedElastic(),
                new SimpleMeterRegistry())) {
            return catalogue.find(name).orElseThrow();
        }
    }

    private long cacheSize() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("shown"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private Path examples(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = NAMES.get(i % NAMES.size());
            String food = FOODS.get(i / NAMES.size() % FOODS.size());
            String area = i % 2 == 0 ? "riverside" : "city centre";
            ObjectNode json = Json.mapper().createObjectNode();
            json.putArray("messages")
                    .addObject()
                    .put("role", "user")
                    .put("content", "name[" + name + "], eatType[pub], food[" + food + "], area[" + area + "]");
            json.put("completion", "If you like " + food + " food, you will love " + name + " in the " + area + ".");
            lines.add(json.toString());
        }
        return Files.write(folder.resolve("examples.jsonl"), lines);
    }
}
