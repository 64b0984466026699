package dev.trimtab.training;

import static dev.trimtab.training.OnnxGraph.FLOAT;
import static dev.trimtab.training.OnnxGraph.INT64;
import static dev.trimtab.training.TransformerWeights.inLayer;

import dev.trimtab.training.TransformerWeights.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Writes a transformer as the ONNX file that the gateway serves: {@code input_ids} int64 [batch, new], {@code
 * attention_mask} int64 [batch, past + new], {@code past_key_values.{i}.key|value} float32 [batch, heads, past, headSize]
 * come in; {@code present.{i}.key|value} and what the {@link Output} says come out.
 */
final class OnnxExport {
    /** What a graph gives. */
    enum Output {
        /** {@code logits} float32 [batch, new, vocabulary]. */
        LOGITS,
        /** {@code scores} float32 [batch, new, k] of {@code candidate_ids} int64 [batch, new, k]. */
        SCORES,
        /** The same, lowered to at most 0: log σ(score + {@link ServedLaw#OPEN}). */
        LOWERINGS
    }

    private final OnnxGraph graph = new OnnxGraph();
    private final TransformerWeights weights;
    private final TransformerShape shape;
    private final OnnxLayers layers;
    private final OnnxLayers.Rows embedding;
    private final boolean int8;

    private OnnxExport(TransformerWeights weights, boolean int8) {
        this.weights = weights;
        this.shape = weights.shape();
        this.int8 = int8;
        this.layers = new OnnxLayers(graph, weights, int8);
        this.embedding = layers.rows(TransformerWeights.EMBEDDING);
    }

    /**
     * The file.
     *
     * @param int8 whether the matrices and tables are written as 8-bit numbers
     * @param metadata entries of the file
     */
    static byte[] model(TransformerWeights weights, Output output, boolean int8, Map<String, String> metadata) {
        OnnxExport export = new OnnxExport(weights, int8);
        String last = export.body();
        if (output == Output.LOGITS) {
            export.logits(last);
        } else {
            export.scores(last, output == Output.LOWERINGS);
        }
        return export.graph.model(metadata);
    }

    private String body() {
        String ids = graph.input("input_ids", INT64, "batch", "new");
        String mask = graph.input("attention_mask", INT64, "batch", "total");
        OnnxAttention attention = new OnnxAttention(graph, layers, shape, ids, mask);
        String x = embedding.of(ids);
        for (int i = 0; i < shape.layers(); i++) {
            x = graph.node("Add", List.of(x, attention.layer(layers.norm(x, inLayer(i, "attention.norm")), i)));
            x = graph.node("Add", List.of(x, feedForward(layers.norm(x, inLayer(i, "feed.norm")), i)));
        }
        return layers.norm(x, TransformerWeights.NORM);
    }

    private String feedForward(String x, int layer) {
        String gate = layers.linear(x, inLayer(layer, "gate"));
        String open = graph.node("Mul", List.of(gate, graph.node("Sigmoid", List.of(gate))));
        String up = layers.linear(x, inLayer(layer, "up"));
        return layers.linear(graph.node("Mul", List.of(open, up)), inLayer(layer, "down"));
    }

    private String bias() {
        Tensor bias = weights.tensor(TransformerWeights.HEAD_BIAS);
        return graph.floats(TransformerWeights.HEAD_BIAS, bias.values(), bias.dims());
    }

    private void logits(String last) {
        Tensor rows = weights.head();
        int width = shape.width();
        float[] columns = new float[rows.values().length];
        for (int i = 0; i < columns.length; i++) {
            columns[i % width * shape.vocabulary() + i / width] = rows.values()[i];
        }
        String matrix = "head.columns";
        TransformerWeights only = new TransformerWeights(
                shape, Map.of(matrix, new Tensor(new long[] {width, shape.vocabulary()}, columns)));
        String product = new OnnxLayers(graph, only, int8).linear(last, matrix);
        graph.rename(graph.node("Add", List.of(product, bias())), "logits");
        graph.output("logits", FLOAT, "batch", "new", shape.vocabulary());
    }

    private void scores(String last, boolean lowers) {
        String candidates = graph.input("candidate_ids", INT64, "batch", "new", "k");
        OnnxLayers.Rows head = shape.tied() ? embedding : layers.rows(TransformerWeights.HEAD);
        String rows = head.of(candidates);
        String column = graph.node("Unsqueeze", List.of(last, graph.longs(3)));
        String product = graph.node("Squeeze", List.of(graph.node("MatMul", List.of(rows, column)), graph.longs(3)));
        String score = graph.node("Add", List.of(product, graph.node("Gather", List.of(bias(), candidates))));
        graph.rename(lowers ? lowering(score) : score, "scores");
        graph.output("scores", FLOAT, "batch", "new", "k");
    }

    /** log σ(score + OPEN) = −log(1 + e^{−(score + OPEN)}). */
    private String lowering(String score) {
        String shifted = graph.node("Add", List.of(score, graph.scalar(ServedLaw.OPEN)));
        String softplus = graph.node("Softplus", List.of(graph.node("Neg", List.of(shifted))));
        return graph.node("Neg", List.of(softplus));
    }
}
