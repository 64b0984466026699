package dev.trimtab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;

/** Makes native arrays of Java's. */
final class Numbers {
    private Numbers() {}

    static NDArray longs(NDManager manager, int[] values, long... dims) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return manager.create(wide, new Shape(dims));
    }

    static NDArray floats(NDManager manager, float[] values, long... dims) {
        return manager.create(values, new Shape(dims));
    }

    /** Rows of a table [rows, width] by int64 ids [...]: [..., width], owned by the ids' manager. */
    static NDArray rows(NDArray table, NDArray ids) {
        NDList found = ids.getNDArrayInternal().embedding(ids, table, SparseFormat.DENSE);
        found.attach(ids.getManager());
        return found.singletonOrThrow();
    }
}
