package dev.trimtab.training;

import static dev.trimtab.training.OnnxGraph.FLOAT;
import static dev.trimtab.training.OnnxGraph.attribute;

import dev.trimtab.training.TransformerWeights.Tensor;
import java.util.List;

/** The layers of a transformer as ONNX nodes; in int8 the matrices and tables are, activations are quantised as they come. */
final class OnnxLayers {
    private static final int LARGEST = 127;

    private final OnnxGraph graph;
    private final TransformerWeights weights;
    private final boolean int8;
    private final String epsilon;

    OnnxLayers(OnnxGraph graph, TransformerWeights weights, boolean int8) {
        this.graph = graph;
        this.weights = weights;
        this.int8 = int8;
        this.epsilon = graph.scalar(TransformerShape.EPSILON);
    }

    /** x / √(mean x² + ε) · gain. */
    String norm(String x, String name) {
        String square = graph.node("Mul", List.of(x, x));
        String mean = graph.node("ReduceMean", List.of(square), attribute("axes", new long[] {-1}));
        String root = graph.node("Sqrt", List.of(graph.node("Add", List.of(mean, epsilon))));
        Tensor gain = weights.tensor(name);
        return graph.node(
                "Mul", List.of(graph.node("Div", List.of(x, root)), graph.floats(name, gain.values(), gain.dims())));
    }

    /** x · W. */
    String linear(String x, String name) {
        Tensor matrix = weights.tensor(name);
        if (!int8) {
            return graph.node("MatMul", List.of(x, graph.floats(name, matrix.values(), matrix.dims())));
        }
        int columns = (int) matrix.dims()[1];
        float[] scales = new float[columns];
        byte[] quantised = quantised(matrix.values(), scales, i -> i % columns);
        List<String> dynamic = graph.node("DynamicQuantizeLinear", List.of(x), 3);
        String whole = graph.node(
                "MatMulInteger", List.of(dynamic.get(0), graph.bytes(name, quantised, matrix.dims()), dynamic.get(2)));
        String scale = graph.node("Mul", List.of(dynamic.get(1), graph.floats(name + ".scale", scales, columns)));
        return graph.node("Mul", List.of(graph.node("Cast", List.of(whole), attribute("to", FLOAT)), scale));
    }

    /** A table of rows that can be looked up. */
    interface Rows {
        /** The rows of ids [...], float32 [..., width]. */
        String of(String ids);
    }

    /** The table of that name. */
    Rows rows(String name) {
        Tensor table = weights.tensor(name);
        if (!int8) {
            String all = graph.floats(name, table.values(), table.dims());
            return ids -> graph.node("Gather", List.of(all, ids));
        }
        int width = (int) table.dims()[1];
        float[] scales = new float[(int) table.dims()[0]];
        String all = graph.bytes(name, quantised(table.values(), scales, i -> i / width), table.dims());
        String scale = graph.floats(name + ".scale", scales, scales.length, 1);
        return ids -> {
            String row = graph.node("Cast", List.of(graph.node("Gather", List.of(all, ids))), attribute("to", FLOAT));
            return graph.node("Mul", List.of(row, graph.node("Gather", List.of(scale, ids))));
        };
    }

    private interface Group {
        int of(int index);
    }

    /** Numbers as whole multiples, −127 to 127, of their group's scale. */
    private static byte[] quantised(float[] values, float[] scales, Group group) {
        for (int i = 0; i < values.length; i++) {
            scales[group.of(i)] = Math.max(scales[group.of(i)], Math.abs(values[i]) / LARGEST);
        }
        byte[] quantised = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            float scale = scales[group.of(i)];
            quantised[i] = (byte) (scale == 0 ? 0 : Math.round(values[i] / scale));
        }
        return quantised;
    }
}
