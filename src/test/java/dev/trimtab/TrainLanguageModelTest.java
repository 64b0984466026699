package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.openai.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command from texts to a language model of the demo's kind. */
class TrainLanguageModelTest {
    private static final Path TOKENIZER = Path.of("config/policies/brand-voice/tokenizer.json");
    private static final String TEXT = "The Eagle is a pub by the riverside.";

    @TempDir
    private Path folder;

    @Test
    void texts_makeAModel_ofTheDemosKind() throws IOException {
        assertThat(train(texts(30), TOKENIZER)).isZero();

        byte[] file = Files.readAllBytes(folder.resolve("model/model.onnx"));
        assertThat(new String(file, StandardCharsets.ISO_8859_1))
                .contains("input_ids", "attention_mask", "past_key_values.1.key", "present.1.value", "logits");
        try (OnnxModel model = OnnxModel.load(file, Accelerator.CPU);
                OnnxModel demo = OnnxModel.load(demo(), Accelerator.CPU)) {
            for (String key : List.of("trimtab.kind", "trimtab.tokenizer.sha256", "trimtab.vocab_size")) {
                assertThat(model.metadata(key)).as(key).isEqualTo(demo.metadata(key));
            }
            assertThat(template(model)).isEqualTo(template(demo));
            assertThat(model.context()).isEqualTo(64);
            assertThat(model.scoresCandidates()).isFalse();
            assertThat(model.metadata("trimtab.provenance")).contains("texts.jsonl", "seed 1");
            assertReadsOn(model);
        }
        assertThat(folder.resolve("model/tokenizer.json")).hasSameBinaryContentAs(TOKENIZER);
    }

    /** What was read before counts, and a token that was learnt is likelier than one that never came. */
    private static void assertReadsOn(OnnxModel model) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.read(Files.readAllBytes(TOKENIZER));
                CachedSequence whole = model.open();
                CachedSequence pieces = model.open()) {
            int[] ids = tokenizer.encode(TEXT);
            float[] expected = whole.logits(ids);
            pieces.logits(Arrays.copyOf(ids, 3));
            float[] actual = pieces.logits(Arrays.copyOfRange(ids, 3, ids.length));
            assertThat(actual).hasSize(model.vocabularySize()).containsExactly(expected, Offset.offset(1e-3f));
            int end = tokenizer.vocabulary().special("<|end|>");
            double mean = IntStream.range(0, expected.length)
                    .mapToDouble(i -> expected[i])
                    .average()
                    .orElseThrow();
            assertThat((double) expected[end]).isGreaterThan(mean);
        }
    }

    @Test
    void plainTexts_areHeldOutOneByOne_andOnePromptIsRefused() throws IOException {
        String text = Json.mapper()
                .createObjectNode()
                .put("prompt", "")
                .put("completion", TEXT)
                .toString();
        String other = text.replace("Eagle", "Mill");
        assertThat(train(Files.write(folder.resolve("plain.jsonl"), List.of(text, other)), TOKENIZER))
                .isZero();
        assertThat(train(Files.write(folder.resolve("same.jsonl"), List.of(text, text)), TOKENIZER))
                .isEqualTo(1);
    }

    @Test
    void text_thatIsNone_isNamed_andNothingIsWritten() throws IOException {
        Path data = Files.writeString(folder.resolve("texts.jsonl"), "{\"prompt\":\"\"}\n");

        assertThat(train(data, TOKENIZER)).isEqualTo(1);
        assertThat(folder.resolve("model")).doesNotExist();
    }

    @Test
    void policy_thatIsThere_isLeftAlone() throws IOException {
        Path policy = Files.createDirectories(folder.resolve("model"));
        Files.writeString(policy.resolve("policy.yaml"), "description: Another.");
        Path scorer = Files.writeString(policy.resolve("model.onnx"), "a scorer");

        assertThat(train(texts(4), TOKENIZER)).isEqualTo(1);

        assertThat(scorer).hasContent("a scorer");
        assertThat(policy.resolve("tokenizer.json")).doesNotExist();
    }

    @Test
    void prompts_areWrittenWithTheSpecialTokens_thatTheTokenizerHas() throws IOException {
        String other =
                Files.readString(TOKENIZER).replace("<|user|>", "<|im_start|>").replace("<|end|>", "<|im_end|>");
        Path tokenizer = Files.writeString(folder.resolve("other.json"), other);

        assertThat(train(texts(4), tokenizer)).isZero();

        try (OnnxModel model =
                OnnxModel.load(Files.readAllBytes(folder.resolve("model/model.onnx")), Accelerator.CPU)) {
            assertThat(template(model).frames())
                    .containsEntry("user", new PromptTemplate.Frame("<|im_start|>", "<|im_end|>"));
        }
    }

    private static PromptTemplate template(OnnxModel model) {
        return PromptTemplate.parse(model.metadata("trimtab.template"));
    }

    private int train(Path data, Path tokenizer) {
        return new CommandLine(new TrimtabCommand())
                .execute(
                        "train",
                        "language-model",
                        "--data=" + data,
                        "--tokenizer=" + tokenizer,
                        "--out=" + folder.resolve("model"),
                        "--layers=2",
                        "--width=16",
                        "--heads=2",
                        "--context=64",
                        "--passes=2");
    }

    private Path texts(int count) throws IOException {
        List<String> lines = IntStream.range(0, count)
                .mapToObj(i -> Json.mapper()
                        .createObjectNode()
                        .put("prompt", i % 2 == 0 ? "" : "Say " + i)
                        .put("completion", TEXT)
                        .toString())
                .toList();
        return Files.write(folder.resolve("texts.jsonl"), lines);
    }

    private static byte[] demo() throws IOException {
        try (InputStream model =
                Objects.requireNonNull(TrainLanguageModelTest.class.getResourceAsStream("/demo/model.onnx"))) {
            return model.readAllBytes();
        }
    }
}
