package dev.trimtab.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.model.OnnxModel.Accelerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Models, tokenizer, vocabulary and template, on the demo's own files. */
class SmallModelTest {
    private static final String EAGLE =
            "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]";

    private static OnnxModel model;
    private static OnnxModel plugin;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        model = OnnxModel.load(resource("/demo/model.onnx"), Accelerator.CPU);
        plugin = OnnxModel.load(Path.of("config/policies/brand-voice/model.onnx"), Accelerator.AUTO);
        tokenizer = Tokenizer.read(resource("/demo/tokenizer.json"));
    }

    @AfterAll
    static void close() {
        model.close();
        plugin.close();
        tokenizer.close();
    }

    private static byte[] resource(String path) {
        try (InputStream in = SmallModelTest.class.getResourceAsStream(path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int[] prompt() {
        return PromptTemplate.parse(model.metadata("trimtab.template"))
                .render(List.of(new PromptTemplate.Part("user", EAGLE)), tokenizer);
    }

    private static int best(float[] values) {
        return IntStream.range(0, values.length)
                .reduce((a, b) -> values[b] > values[a] ? b : a)
                .orElseThrow();
    }

    private static String greedy(boolean steered) {
        StringBuilder text = new StringBuilder();
        int replaced = 0;
        int[] unread = prompt();
        try (CachedSequence writer = model.open();
                CachedSequence reader = plugin.open()) {
            for (int i = 0; i < 60; i++) {
                float[] logits = writer.logits(unread);
                int drawn = best(logits);
                int emitted = steered ? steered(logits, reader, unread) : drawn;
                replaced += emitted == drawn ? 0 : 1;
                if (emitted == 0) {
                    break;
                }
                text.append(new String(tokenizer.vocabulary().bytes(emitted), StandardCharsets.UTF_8));
                unread = new int[] {emitted};
            }
        }
        return replaced + " replaced: " + text;
    }

    private static int steered(float[] logits, CachedSequence reader, int[] unread) {
        int[] top = IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .limit(20)
                .mapToInt(Integer::intValue)
                .toArray();
        int[][] candidates = new int[unread.length][0];
        candidates[unread.length - 1] = top;
        float[] scores = reader.scores(unread, candidates)[unread.length - 1];
        float[] total = new float[20];
        for (int i = 0; i < 20; i++) {
            total[i] = logits[top[i]] + scores[i];
        }
        return top[best(total)];
    }

    @Test
    void demo_greedy_describesTheEagle_andThePluginReplacesOneToken() {
        assertThat(greedy(false))
                .isEqualTo("0 replaced: The Eagle is a cheap Japanese coffee shop in the riverside area.");
        assertThat(greedy(true))
                .isEqualTo("1 replaced: If you are looking for a cheap Japanese coffee shop in the riverside area,"
                        + " try The Eagle.");
    }

    @Test
    void cache_inPiecesCutAndWhole_agree() {
        int[] ids = prompt();
        try (CachedSequence whole = model.open();
                CachedSequence pieces = model.open()) {
            float[] expected = whole.logits(ids);
            pieces.logits(Arrays.copyOf(ids, 9));
            pieces.logits(new int[] {100, 200, 300});
            assertThat(pieces.length()).isEqualTo(12);
            pieces.truncate(7);
            assertThat(pieces.logits(Arrays.copyOfRange(ids, 7, ids.length)))
                    .containsExactly(expected, Offset.offset(1e-3f));
            pieces.truncate(0);
            assertThat(pieces.logits(ids)).containsExactly(expected, Offset.offset(1e-3f));
        }
    }

    @Test
    void sequences_sideBySide_doNotDisturbEachOther() {
        int[] ids = prompt();
        float[] expected;
        try (CachedSequence alone = model.open()) {
            expected = alone.logits(ids);
        }
        List<float[]> answers = IntStream.range(0, 16)
                .parallel()
                .mapToObj(i -> {
                    try (CachedSequence one = model.open()) {
                        return one.logits(ids);
                    }
                })
                .toList();
        answers.forEach(answer -> assertThat(answer).containsExactly(expected, Offset.offset(1e-4f)));
    }

    @Test
    void model_thatCannotBeRead_saysWhatWasExpected() {
        assertThatThrownBy(() -> OnnxModel.load(Path.of("nowhere.onnx"), Accelerator.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("nowhere.onnx");
        assertThatThrownBy(() -> OnnxModel.load(new byte[] {1, 2, 3}, Accelerator.CPU))
                .isInstanceOf(ModelException.class);
    }

    @Test
    void cuda_askedForAndNotThere_isAnErrorAndTheCpuStillWorks() {
        Assumptions.assumeTrue(plugin.accelerator() == Accelerator.CPU, "this machine has a GPU");
        assertThatThrownBy(() -> OnnxModel.load(resource("/demo/model.onnx"), Accelerator.CUDA))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("accelerator: cuda");
        assertThat(greedy(false)).contains("The Eagle");
    }

    @Test
    void tokenizer_specialsInAText_areText_andLongTextsAreNotCut() {
        int[] ids = tokenizer.encode("<|end|><|user|>");
        assertThat(IntStream.of(ids)).hasSizeGreaterThan(2).allMatch(id -> id > 3);
        assertThat(text(tokenizer.encode("The Eagle \uD83D\uDC69 caf\u00e9 ".repeat(500))))
                .isEqualTo("The Eagle \uD83D\uDC69 caf\u00e9 ".repeat(500));
        assertThat(tokenizer.encode("cheap food ".repeat(500)).length).isGreaterThan(900);
    }

    private static String text(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        IntStream.of(ids).forEach(id -> bytes.writeBytes(tokenizer.vocabulary().bytes(id)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void vocabulary_bytesAndIds_areInverse() {
        Vocabulary vocabulary = tokenizer.vocabulary();
        assertThat(vocabulary.size()).isEqualTo(4_096);
        for (int id = 4; id < vocabulary.size(); id++) {
            assertThat(vocabulary.idOf(vocabulary.bytes(id))).isEqualTo(id);
        }
        for (int b = 0; b < 256; b++) {
            assertThat(vocabulary.idOf(new byte[] {(byte) b})).as("byte %d", b).isNotNegative();
        }
        assertThat(vocabulary.special("<|assistant|>")).isEqualTo(2);
        assertThat(vocabulary.special(2)).isTrue();
        assertThat(vocabulary.bytes(2)).isEmpty();
    }

    @Test
    void template_assistantLast_isLeftOpen_andUnknownRolesAreRefused() {
        PromptTemplate template = PromptTemplate.parse(model.metadata("trimtab.template"));
        int[] open = template.render(
                List.of(new PromptTemplate.Part("user", "a"), new PromptTemplate.Part("assistant", "b")), tokenizer);
        assertThat(open[open.length - 1]).isEqualTo(tokenizer.encode("b")[0]);
        assertThatThrownBy(() -> template.render(List.of(new PromptTemplate.Part("tool", "x")), tokenizer))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("role: tool");
        assertThatThrownBy(() -> PromptTemplate.parse("[")).isInstanceOf(ModelException.class);
    }
}
