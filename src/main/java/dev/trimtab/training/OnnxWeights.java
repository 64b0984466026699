package dev.trimtab.training;

import static dev.trimtab.training.TransformerWeights.inLayer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.trimtab.training.TransformerWeights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a transformer's weights back from its ONNX file, one of {@link OnnxExport}'s or of another exporter's of the same
 * architecture: matrices are known by the order in which the graph multiplies with them, tables and gains by their use.
 */
final class OnnxWeights {
    private static final List<String> MATRICES = List.of("query", "key", "value", "out", "gate", "up", "down");

    private final Map<String, TensorProto> initializers = new HashMap<>();
    private final Map<String, String> metadata;
    private final GraphProto graph;

    private OnnxWeights(ModelProto model) {
        this.graph = model.getGraph();
        this.metadata = model.getMetadataPropsList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
        graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException where its graph is none of this architecture in float32
     */
    static TransformerWeights read(Path file) throws IOException {
        return new OnnxWeights(ModelProto.parseFrom(Files.readAllBytes(file))).weights(file);
    }

    private TransformerWeights weights(Path file) {
        try {
            return weights();
        } catch (IllegalArgumentException | IndexOutOfBoundsException other) {
            throw new IllegalArgumentException(
                    file + ": " + other.getMessage()
                            + " (expected: a transformer as this program writes it, in float32)",
                    other);
        }
    }

    private TransformerWeights weights() {
        List<Tensor> matrices = constants("MatMul", 2);
        List<Tensor> tables = constants("Gather", 2);
        Tensor embedding = tables.get(0);
        int width = (int) embedding.dims()[1];
        List<Tensor> gains = constants("Mul", 1).stream()
                .filter(tensor -> tensor.dims()[0] == width)
                .toList();
        int layers = matrices.size() / MATRICES.size();
        Map<String, Tensor> found = new HashMap<>();
        found.put(TransformerWeights.EMBEDDING, embedding);
        for (int i = 0; i < layers; i++) {
            found.put(inLayer(i, "attention.norm"), gains.get(2 * i));
            found.put(inLayer(i, "feed.norm"), gains.get(2 * i + 1));
            for (int j = 0; j < MATRICES.size(); j++) {
                found.put(inLayer(i, MATRICES.get(j)), matrices.get(i * MATRICES.size() + j));
            }
        }
        found.put(TransformerWeights.NORM, gains.get(2 * layers));
        if (matrices.size() > layers * MATRICES.size()) {
            found.put(TransformerWeights.HEAD, transposed(matrices.get(matrices.size() - 1)));
        } else if (tables.size() > 1) {
            found.put(TransformerWeights.HEAD, tables.get(1));
        }
        TransformerShape shape = shape(embedding, layers, tied(embedding, found.get(TransformerWeights.HEAD)));
        return TransformerWeights.of(shape, (name, dims) -> checked(name, dims, found));
    }

    private static boolean tied(Tensor embedding, @Nullable Tensor head) {
        return head == null || Arrays.equals(head.values(), embedding.values());
    }

    private TransformerShape shape(Tensor embedding, int layers, boolean tied) {
        ValueInfoProto cache = graph.getInputList().stream()
                .filter(input -> input.getName().startsWith("past_key_values."))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no cache among the inputs"));
        int heads = (int) cache.getType().getTensorType().getShape().getDim(1).getDimValue();
        int context = Integer.parseInt(metadata.getOrDefault("trimtab.context", "0"));
        return new TransformerShape(
                (int) embedding.dims()[0], layers, (int) embedding.dims()[1], heads, context, tied);
    }

    private Tensor checked(String name, long[] dims, Map<String, Tensor> found) {
        Tensor tensor = found.get(name);
        if (tensor == null && name.equals(TransformerWeights.HEAD_BIAS)) {
            TensorProto own = initializers.get(name);
            tensor = own == null ? new Tensor(dims, new float[(int) dims[0]]) : tensor(own);
        }
        if (tensor == null || !Arrays.equals(tensor.dims(), dims)) {
            String is = tensor == null ? "missing" : Arrays.toString(tensor.dims());
            throw new IllegalArgumentException(name + ": " + is + ", not " + Arrays.toString(dims));
        }
        return tensor;
    }

    /** The float32 constants of a rank that an operator works on, in the graph's order. */
    private List<Tensor> constants(String operator, int rank) {
        return graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .flatMap(node -> node.getInputList().stream())
                .map(initializers::get)
                .filter(tensor ->
                        tensor != null && tensor.getDataType() == OnnxGraph.FLOAT && tensor.getDimsCount() == rank)
                .map(OnnxWeights::tensor)
                .toList();
    }

    private static Tensor tensor(TensorProto proto) {
        long[] dims = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
        float[] values = new float[proto.getRawData().size() / Float.BYTES];
        ByteBuffer.wrap(proto.getRawData().toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return new Tensor(dims, values);
    }

    private static Tensor transposed(Tensor matrix) {
        int rows = (int) matrix.dims()[0];
        int columns = (int) matrix.dims()[1];
        float[] turned = new float[rows * columns];
        for (int i = 0; i < turned.length; i++) {
            turned[i % columns * rows + i / columns] = matrix.values()[i];
        }
        return new Tensor(new long[] {columns, rows}, turned);
    }
}
