package dev.trimtab.training;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An ONNX graph as it is written down, node by node. Names of results are made up unless given. */
final class OnnxGraph {
    static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int INT8 = TensorProto.DataType.INT8_VALUE;
    static final int INT64 = TensorProto.DataType.INT64_VALUE;

    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("trimtab");
    private int names;

    /** Adds a node with one result and returns the result's name. */
    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        return node(operator, inputs, 1, attributes).get(0);
    }

    /** Adds a node with several results and returns their names. */
    List<String> node(String operator, List<String> inputs, int results, AttributeProto... attributes) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).addAllInput(inputs);
        for (int i = 0; i < results; i++) {
            node.addOutput(operator + "." + names++);
        }
        graph.addNode(node.addAllAttribute(Arrays.asList(attributes)));
        return List.copyOf(node.getOutputList());
    }

    /** Gives a value another name, by which a graph's output is known. */
    void rename(String value, String name) {
        graph.addNode(
                NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(name));
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    /** A constant int64 vector. */
    String longs(long... values) {
        ByteBuffer bytes = little(values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return initializer("longs." + names++, INT64, bytes, values.length);
    }

    /** A constant int64 number. */
    String scalar(long value) {
        ByteBuffer bytes = little(Long.BYTES);
        bytes.asLongBuffer().put(value);
        return initializer("long." + names++, INT64, bytes);
    }

    /** A constant float32 tensor. */
    String floats(String name, float[] values, long... dims) {
        ByteBuffer bytes = little(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return initializer(name, FLOAT, bytes, dims);
    }

    /** A constant float32 number. */
    String scalar(float value) {
        return floats("float." + names++, new float[] {value});
    }

    /** A constant int8 tensor. */
    String bytes(String name, byte[] values, long... dims) {
        return initializer(name, INT8, ByteBuffer.wrap(values), dims);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String initializer(String name, int type, ByteBuffer bytes, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type)
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
        Arrays.stream(dims).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return name;
    }

    /** Declares an input; a dimension is a number or a name. */
    String input(String name, int type, Object... dims) {
        graph.addInput(value(name, type, dims));
        return name;
    }

    /** Declares an output, likewise. */
    void output(String name, int type, Object... dims) {
        graph.addOutput(value(name, type, dims));
    }

    private static ValueInfoProto value(String name, int type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            TensorShapeProto.Dimension.Builder one = shape.addDimBuilder();
            if (dim instanceof Integer number) {
                one.setDimValue(number);
            } else {
                one.setDimParam(dim.toString());
            }
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** The file. */
    byte[] model(Map<String, String> metadata) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("trimtab")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph);
        metadata.forEach((key, value) -> model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build().toByteArray();
    }
}
