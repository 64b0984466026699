package dev.trimtab.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * A transformer's numbers by name. Matrices are [in, out], so that a row of activations times the matrix is the layer.
 *
 * @param tensors in a fixed order
 */
record TransformerWeights(TransformerShape shape, Map<String, Tensor> tensors) {
    static final String EMBEDDING = "embedding";
    static final String NORM = "norm";
    static final String HEAD = "head";
    static final String HEAD_BIAS = "head.bias";
    private static final double EMBEDDING_SPREAD = 0.02;

    /**
     * Numbers in a shape, the last axis running fastest.
     *
     * @param values not copied
     */
    record Tensor(long[] dims, float[] values) {
        boolean isVector() {
            return dims.length == 1;
        }
    }

    static String inLayer(int layer, String name) {
        return "layers." + layer + "." + name;
    }

    /** The output's rows [vocabulary, width]. */
    Tensor head() {
        return tensor(shape.tied() ? EMBEDDING : HEAD);
    }

    Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(name + ": missing (expected: one of " + tensors.keySet() + ")");
        }
        return tensor;
    }

    /** How many numbers there are. */
    long count() {
        return tensors.values().stream()
                .mapToLong(tensor -> tensor.values().length)
                .sum();
    }

    /**
     * A transformer that has not learnt anything. Where the output's rows are its own they are 0, so that it scores every
     * token 0.
     */
    static TransformerWeights random(TransformerShape shape, long seed) {
        Random random = new Random(seed);
        return of(shape, (name, dims) -> {
            double spread = spread(name, dims, shape.layers());
            float start = dims.length == 1 && !name.equals(HEAD_BIAS) ? 1 : 0;
            return filled(dims, () -> spread == 0 ? start : (float) (spread * random.nextGaussian()));
        });
    }

    /** The same layers under rows of the output that have not learnt anything, so that every token scores 0. */
    TransformerWeights unread() {
        TransformerShape untied = new TransformerShape(
                shape.vocabulary(), shape.layers(), shape.width(), shape.heads(), shape.context(), false);
        return of(untied, (name, dims) -> name.startsWith(HEAD) ? filled(dims, () -> 0) : tensor(name));
    }

    /** Standard deviation; 0 for what starts at a constant. What adds to the residual stream starts smaller, the deeper. */
    private static double spread(String name, long[] dims, int layers) {
        if (dims.length == 1 || name.equals(HEAD)) {
            return 0;
        } else if (name.equals(EMBEDDING)) {
            return EMBEDDING_SPREAD;
        }
        boolean adds = name.endsWith(".out") || name.endsWith(".down");
        return (adds ? 1 / Math.sqrt(2.0 * layers) : 1) / Math.sqrt((double) dims[0]);
    }

    private interface FloatSource {
        float next();
    }

    /** Finds the numbers of a tensor. */
    interface Source {
        Tensor tensor(String name, long... dims);
    }

    /** Weights of a shape, each tensor asked of a source. */
    static TransformerWeights of(TransformerShape shape, Source source) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Source kept = (name, dims) -> tensors.computeIfAbsent(name, wanted -> source.tensor(wanted, dims));
        long width = shape.width();
        kept.tensor(EMBEDDING, shape.vocabulary(), width);
        for (int i = 0; i < shape.layers(); i++) {
            kept.tensor(inLayer(i, "attention.norm"), width);
            for (String projection : new String[] {"query", "key", "value", "out"}) {
                kept.tensor(inLayer(i, projection), width, width);
            }
            kept.tensor(inLayer(i, "feed.norm"), width);
            kept.tensor(inLayer(i, "gate"), width, shape.hidden());
            kept.tensor(inLayer(i, "up"), width, shape.hidden());
            kept.tensor(inLayer(i, "down"), shape.hidden(), width);
        }
        kept.tensor(NORM, width);
        if (!shape.tied()) {
            kept.tensor(HEAD, shape.vocabulary(), width);
        }
        kept.tensor(HEAD_BIAS, shape.vocabulary());
        return new TransformerWeights(shape, tensors);
    }

    private static Tensor filled(long[] dims, FloatSource next) {
        int size = 1;
        for (long dim : dims) {
            size = Math.multiplyExact(size, Math.toIntExact(dim));
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = next.next();
        }
        return new Tensor(dims, values);
    }
}
