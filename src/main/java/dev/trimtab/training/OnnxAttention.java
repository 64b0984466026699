package dev.trimtab.training;

import static dev.trimtab.training.OnnxGraph.FLOAT;
import static dev.trimtab.training.OnnxGraph.attribute;
import static dev.trimtab.training.TransformerWeights.inLayer;

import java.util.List;

/** Causal attention with rotary positions and a cache, as ONNX nodes. Positions count what the attention mask lets in. */
final class OnnxAttention {
    private static final float NEVER = -1e9f;

    private final OnnxGraph graph;
    private final OnnxLayers layers;
    private final TransformerShape shape;
    private final String cosine;
    private final String sine;
    private final String barrier;
    private final String split;
    private final String merge;
    private final String scale;

    OnnxAttention(OnnxGraph graph, OnnxLayers layers, TransformerShape shape, String ids, String mask) {
        this.graph = graph;
        this.layers = layers;
        this.shape = shape;
        this.split = graph.longs(0, 0, shape.heads(), shape.headSize());
        this.merge = graph.longs(0, 0, shape.width());
        this.scale = graph.scalar((float) (1 / Math.sqrt(shape.headSize())));
        String fresh = length(ids);
        String angles = angles(mask, fresh);
        this.cosine = graph.node("Cos", List.of(angles));
        this.sine = graph.node("Sin", List.of(angles));
        this.barrier = barrier(mask, fresh);
    }

    /** A tensor's second dimension as a number. */
    private String length(String of) {
        return graph.node("Gather", List.of(graph.node("Shape", List.of(of)), graph.scalar(1)));
    }

    /** [batch, 1, new, headSize]: each new token's position times each pair's speed, twice. */
    private String angles(String mask, String fresh) {
        String counted = graph.node("CumSum", List.of(mask, graph.scalar(1)));
        String position =
                graph.node("Max", List.of(graph.node("Sub", List.of(counted, graph.scalar(1))), graph.scalar(0)));
        String start = graph.node("Unsqueeze", List.of(graph.node("Neg", List.of(fresh)), graph.longs(0)));
        String last = graph.node(
                "Slice", List.of(position, start, graph.longs(Long.MAX_VALUE), graph.longs(1), graph.longs(1)));
        String column = graph.node("Unsqueeze", List.of(last, graph.longs(1, 3)));
        float[] speeds = shape.frequencies();
        String half = graph.node(
                "Mul",
                List.of(
                        graph.node("Cast", List.of(column), attribute("to", FLOAT)),
                        graph.floats("rotary", speeds, speeds.length)));
        return graph.node("Concat", List.of(half, half), attribute("axis", -1));
    }

    /** [batch, 1, new, total]: 0 where a new token may look, else far below 0. */
    private String barrier(String mask, String fresh) {
        String total = length(mask);
        String one = graph.scalar(1);
        String columns = graph.node("Range", List.of(graph.scalar(0), total, one));
        String past = graph.node("Sub", List.of(total, fresh));
        String rows = graph.node("Unsqueeze", List.of(graph.node("Range", List.of(past, total, one)), graph.longs(1)));
        String earlier = graph.node("LessOrEqual", List.of(columns, rows));
        String there = graph.node(
                "Greater", List.of(graph.node("Unsqueeze", List.of(mask, graph.longs(1, 2))), graph.scalar(0)));
        String open = graph.node("And", List.of(earlier, there));
        return graph.node("Where", List.of(open, graph.scalar(0f), graph.scalar(NEVER)));
    }

    /** What a layer's attention adds to its input. */
    String layer(String x, int layer) {
        String query = rotated(heads(layers.linear(x, inLayer(layer, "query"))));
        String key = cached("key", layer, rotated(heads(layers.linear(x, inLayer(layer, "key")))));
        String value = cached("value", layer, heads(layers.linear(x, inLayer(layer, "value"))));
        String turned = graph.node("Transpose", List.of(key), attribute("perm", 0, 1, 3, 2));
        String product = graph.node("Mul", List.of(graph.node("MatMul", List.of(query, turned)), scale));
        String share =
                graph.node("Softmax", List.of(graph.node("Add", List.of(product, barrier))), attribute("axis", -1));
        String seen = graph.node(
                "Transpose", List.of(graph.node("MatMul", List.of(share, value))), attribute("perm", 0, 2, 1, 3));
        return layers.linear(graph.node("Reshape", List.of(seen, merge)), inLayer(layer, "out"));
    }

    private String heads(String x) {
        return graph.node(
                "Transpose", List.of(graph.node("Reshape", List.of(x, split))), attribute("perm", 0, 2, 1, 3));
    }

    /** (a, b) ↦ (a, b)·cos + (−b, a)·sin. */
    private String rotated(String x) {
        List<String> halves = graph.node("Split", List.of(x), 2, attribute("axis", -1));
        String turned = graph.node(
                "Concat", List.of(graph.node("Neg", List.of(halves.get(1))), halves.get(0)), attribute("axis", -1));
        return graph.node(
                "Add", List.of(graph.node("Mul", List.of(x, cosine)), graph.node("Mul", List.of(turned, sine))));
    }

    private String cached(String what, int layer, String fresh) {
        String name = layer + "." + what;
        String past = graph.input("past_key_values." + name, FLOAT, "batch", shape.heads(), "past", shape.headSize());
        String both = graph.node("Concat", List.of(past, fresh), attribute("axis", 2));
        graph.rename(both, "present." + name);
        graph.output("present." + name, FLOAT, "batch", shape.heads(), "total", shape.headSize());
        return both;
    }
}
