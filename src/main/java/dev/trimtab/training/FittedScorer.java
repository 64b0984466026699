package dev.trimtab.training;

import dev.trimtab.scoring.Bias;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A scorer as it was fitted.
 *
 * @param bias the pushed bias that it serves with
 * @param before held-out lessons under the first weights: without a scorer, or under the one that is adapted
 * @param after the same lessons, which these weights or their like were not fitted to
 * @param point of the grid, the one that did best
 * @param passes over the lessons
 * @param updated how many numbers were trained
 * @param peakBytes the most memory that the process has had so far, 0 where the system does not say
 */
record FittedScorer(
        ScorerRequest request,
        TransformerWeights weights,
        Bias bias,
        Figures before,
        Figures after,
        GridPoint point,
        int passes,
        long updated,
        long peakBytes,
        Duration took) {
    static final String MODEL = "model.onnx";
    static final String TOKENIZER = "tokenizer.json";

    /** Nats per unit of suppressed mass. */
    double price() {
        return request.settings().price();
    }

    /** Whether held-out lessons cost less than before, by more than a standard error. */
    boolean pays() {
        return after.gain(before, price()) > after.standardError(before, price());
    }

    /** What was found, in one line. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "scorer: %.4f nats/token held out, %.4f before (gain %.4f ± %.4f%s), suppressed mass %.3f; "
                        + "%d numbers trained, %d passes, rate %s, decay %s, %d s, %d MB%s",
                after.lossPerToken(),
                before.lossPerToken(),
                after.gain(before, price()),
                after.standardError(before, price()),
                price() == 0 ? "" : " at price " + price(),
                after.suppressedMass(),
                updated,
                passes,
                point.rate(),
                point.decay(),
                took.toSeconds(),
                peakBytes >> 20,
                pays() ? "" : "; it does not pay");
    }

    /**
     * The model's file.
     *
     * @param int8 whether matrices and tables are written as 8-bit numbers
     * @param provenance further entries of the file's metadata, by their whole keys
     */
    byte[] model(boolean int8, Map<String, String> provenance) throws IOException {
        boolean lowers = request.settings().lowers();
        Map<String, String> metadata = new LinkedHashMap<>(provenance);
        metadata.put("trimtab.kind", lowers ? "negative" : "plugin");
        if (request.settings().effect() != ServedLaw.Effect.KEEPS) {
            metadata.put("trimtab.zero", "rest");
        }
        metadata.putAll(ModelMetadata.of(weights.shape(), Files.readAllBytes(request.tokenizer()), request.template()));
        OnnxExport.Output output = lowers ? OnnxExport.Output.LOWERINGS : OnnxExport.Output.SCORES;
        return OnnxExport.model(weights, output, int8, metadata);
    }

    /** Writes the model's file and its tokenizer's into a folder that exists, likewise. */
    void write(Path folder, boolean int8, Map<String, String> provenance) throws IOException {
        Files.write(folder.resolve(MODEL), model(int8, provenance));
        Files.copy(request.tokenizer(), folder.resolve(TOKENIZER), StandardCopyOption.REPLACE_EXISTING);
    }
}
