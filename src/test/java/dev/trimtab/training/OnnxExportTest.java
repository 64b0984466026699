package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.trimtab.model.CachedSequence;
import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.training.OnnxExport.Output;
import dev.trimtab.training.ServedLaw.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written says what was trained. */
class OnnxExportTest {
    private static final int VOCABULARY = 300;
    private static final int LENGTH = 40;
    private static final Map<String, String> METADATA =
            Map.of("trimtab.context", "64", "trimtab.vocab_size", Integer.toString(VOCABULARY));
    private static final Path BRAND_VOICE = Path.of("config/policies/brand-voice/model.onnx");
    private static final float PARITY = 1e-4f;

    private final Random random = new Random(3);
    private final int[] ids = random.ints(LENGTH, 0, VOCABULARY).toArray();
    private final int[][] candidates = new int[LENGTH][];

    OnnxExportTest() {
        for (int i = 0; i < LENGTH; i++) {
            int fewOrMany = i % 6 * i;
            candidates[i] = random.ints(fewOrMany, 0, VOCABULARY).toArray();
        }
    }

    private TransformerWeights weights(boolean tied) {
        TransformerWeights weights = TransformerWeights.random(new TransformerShape(VOCABULARY, 2, 32, 4, 64, tied), 9);
        weights.tensors().forEach((name, tensor) -> {
            for (int i = 0; i < tensor.values().length; i++) {
                tensor.values()[i] += (float) (0.1 * random.nextGaussian());
            }
        });
        return weights;
    }

    private float[][] trained(TransformerWeights weights, boolean lowers) {
        try (ScorerWeights arrays = new ScorerWeights(ScorerTrial.Start.withoutBias(weights), Update.NONE, false, 1);
                NDManager owner = arrays.manager().newSubManager()) {
            Transformer transformer = arrays.transformer(owner);
            NDArray last = transformer.last(Numbers.longs(owner, ids, 1, LENGTH));
            float[][] scores = new float[LENGTH][];
            for (int i = 0; i < LENGTH; i++) {
                if (candidates[i].length == 0) {
                    scores[i] = new float[0];
                    continue;
                }
                NDArray raw = transformer.scores(
                        last,
                        Numbers.longs(owner, new int[] {i}, 1),
                        Numbers.longs(owner, candidates[i], 1, candidates[i].length));
                NDArray rest = owner.zeros(new Shape(1, 1));
                scores[i] = ServedLaw.of(raw.zerosLike(), rest, raw, lowers ? Effect.LOWERS : Effect.MOVES)
                        .scores()
                        .toFloatArray();
            }
            return scores;
        }
    }

    /** Read in pieces of several lengths, taken back once. */
    private float[][] served(byte[] file) {
        float[][] scores = new float[LENGTH][];
        try (OnnxModel model = OnnxModel.load(file, Accelerator.CPU);
                CachedSequence sequence = model.open()) {
            sequence.scores(Arrays.copyOf(ids, 5), Arrays.copyOf(candidates, 5));
            sequence.truncate(0);
            for (int from = 0, size = 1; from < LENGTH; from += size, size = size % 7 + 1) {
                int to = Math.min(LENGTH, from + size);
                float[][] piece =
                        sequence.scores(Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(candidates, from, to));
                System.arraycopy(piece, 0, scores, from, to - from);
            }
        }
        return scores;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scores_inPieces_areTheTrainersOwn(boolean tied) {
        TransformerWeights weights = weights(tied);
        byte[] file = OnnxExport.model(weights, Output.SCORES, false, METADATA);
        assertClose(served(file), trained(weights, false), PARITY);
    }

    @Test
    void lowerings_areTheTrainersOwn() {
        TransformerWeights weights = weights(false);
        byte[] file = OnnxExport.model(weights, Output.LOWERINGS, false, METADATA);
        assertClose(served(file), trained(weights, true), PARITY);
    }

    /** Stated: on random tokens 8-bit numbers move a score by less than a tenth of the scores' spread, both root mean squares. */
    @Test
    void scores_in8Bits_areNear_andTheFileIsAThird() throws IOException {
        TransformerWeights weights = OnnxWeights.read(BRAND_VOICE);
        byte[] whole = OnnxExport.model(weights, Output.SCORES, false, METADATA);
        byte[] narrow = OnnxExport.model(weights, Output.SCORES, true, METADATA);
        float[][] exact = served(whole);
        float[][] near = served(narrow);
        double error = 0;
        double spread = 0;
        for (int i = 0; i < LENGTH; i++) {
            for (int j = 0; j < exact[i].length; j++) {
                error += Math.pow(near[i][j] - exact[i][j], 2);
                spread += Math.pow(exact[i][j], 2);
            }
        }
        assertThat(Math.sqrt(error / spread)).isPositive().isLessThan(0.1);
        assertThat(narrow.length).isLessThan(whole.length / 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void logits_areTheScoresOfAll(boolean tied) {
        TransformerWeights weights = weights(tied);
        byte[] file = OnnxExport.model(weights, Output.LOGITS, false, METADATA);
        assertClose(served(file), trained(weights, false), PARITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCORES", "LOGITS", "LOWERINGS"})
    void weights_areReadBack(String output, @TempDir Path folder) throws IOException {
        for (boolean tied : new boolean[] {false, true}) {
            TransformerWeights weights = weights(tied);
            Path file = Files.write(
                    folder.resolve("model.onnx"), OnnxExport.model(weights, Output.valueOf(output), false, METADATA));
            TransformerWeights read = OnnxWeights.read(file);
            assertThat(read.shape()).isEqualTo(weights.shape());
            weights.tensors()
                    .forEach((name, tensor) ->
                            assertThat(read.tensor(name).values()).as(name).isEqualTo(tensor.values()));
        }
    }

    @Test
    void weights_in8Bits_areRefused(@TempDir Path folder) throws IOException {
        Path file = Files.write(
                folder.resolve("model.onnx"), OnnxExport.model(weights(false), Output.SCORES, true, METADATA));
        assertThatThrownBy(() -> OnnxWeights.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in float32");
    }

    /** Another exporter's file of the same architecture, written anew, scores alike. */
    @Test
    void weights_ofAnotherExporter_scoreAlike() throws IOException {
        byte[] ours = OnnxExport.model(OnnxWeights.read(BRAND_VOICE), Output.SCORES, false, METADATA);
        assertClose(served(ours), served(Files.readAllBytes(BRAND_VOICE)), PARITY);
    }

    private static void assertClose(float[][] actual, float[][] expected, float offset) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("position %d", i).containsExactly(expected[i], Offset.offset(offset));
        }
    }
}
