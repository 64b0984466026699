package dev.trimtab.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/** Makes tensors of arrays, and arrays of tensors. */
final class Tensors {
    private Tensors() {}

    /** int64 of a shape. */
    static OnnxTensor longs(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(OnnxEnvironment.get(), LongBuffer.wrap(values), shape);
    }

    /** int64 [1, ids]. */
    static OnnxTensor row(int[] ids) throws OrtException {
        return longs(Arrays.stream(ids).asLongStream().toArray(), 1, ids.length);
    }

    /** int64 [1, ones], all 1. */
    static OnnxTensor ones(int count) throws OrtException {
        long[] values = new long[count];
        Arrays.fill(values, 1);
        return longs(values, 1, count);
    }

    /** int64 [1, rows, width of the longest row, at least 1], short rows filled up with 0. */
    static OnnxTensor padded(int[][] rows) throws OrtException {
        int width = Math.max(
                1, Arrays.stream(rows).mapToInt(row -> row.length).max().orElse(0));
        long[] flat = new long[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                flat[i * width + j] = rows[i][j];
            }
        }
        return longs(flat, 1, rows.length, width);
    }

    /** float32 of a shape. */
    static OnnxTensor floats(FloatBuffer values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(OnnxEnvironment.get(), values, shape);
    }

    /** A copy of an output's values. */
    static FloatBuffer floats(OrtSession.Result result, String output) {
        return ((OnnxTensor) result.get(output)
                        .orElseThrow(() -> new ModelException("model: no output " + output + " (expected: one)")))
                .getFloatBuffer();
    }
}
