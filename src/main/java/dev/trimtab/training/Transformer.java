package dev.trimtab.training;

import static dev.trimtab.training.TransformerWeights.inLayer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.Function;

/**
 * The transformer as it is trained: whole sequences at once, no cache. What it makes belongs to the manager that it was
 * given, whatever the numbers belong to: else each step would stay in memory until the end.
 */
final class Transformer {
    private static final float NEVER = -1e9f;
    /** To fetch a row of the head and to add to its gradient takes at most as long as to multiply with so many. */
    private static final int ROWS_A_FETCH = 16;

    private final TransformerShape shape;
    private final Function<String, NDArray> numbers;
    private final NDManager manager;

    /**
     * @param numbers the tensors by their names in {@link TransformerWeights}
     * @param manager owns what comes out
     */
    Transformer(TransformerShape shape, Function<String, NDArray> numbers, NDManager manager) {
        this.shape = shape;
        this.numbers = numbers;
        this.manager = manager;
    }

    /** int64 ids [batch, length] to what the output's rows are multiplied with, [batch·length, width]. */
    NDArray last(NDArray ids) {
        int length = (int) ids.getShape().get(1);
        NDArray x = Numbers.rows(numbers.apply(TransformerWeights.EMBEDDING), ids);
        NDArray[] rotary = rotary(length);
        NDArray barrier = barrier(length);
        for (int i = 0; i < shape.layers(); i++) {
            x = x.add(attention(norm(x, inLayer(i, "attention.norm")), i, rotary, barrier));
            x = x.add(feedForward(norm(x, inLayer(i, "feed.norm")), i));
        }
        return norm(x, TransformerWeights.NORM).reshape(-1, shape.width());
    }

    private NDArray head() {
        return numbers.apply(shape.tied() ? TransformerWeights.EMBEDDING : TransformerWeights.HEAD);
    }

    /**
     * Scores of candidates alone.
     *
     * @param last as {@link #last} gives them, [positions, width]
     * @param at int64 [n], the positions to score behind
     * @param candidates int64 [n, k]
     * @return [n, k]
     */
    NDArray scores(NDArray last, NDArray at, NDArray candidates) {
        if (candidates.getShape().get(1) * ROWS_A_FETCH > shape.vocabulary()) {
            return logits(last, at).gather(candidates, 1);
        }
        NDArray product = Numbers.rows(head(), candidates)
                .matMul(Numbers.rows(last, at).expandDims(2))
                .squeeze(2);
        NDArray bias = Numbers.rows(numbers.apply(TransformerWeights.HEAD_BIAS).reshape(-1, 1), candidates);
        return product.add(bias.squeeze(2));
    }

    /** Logits of the whole vocabulary behind some positions, [n, vocabulary]. */
    NDArray logits(NDArray last, NDArray at) {
        NDArray columns = head().transpose();
        columns.attach(manager);
        return Numbers.rows(last, at).matMul(columns).add(numbers.apply(TransformerWeights.HEAD_BIAS));
    }

    private NDArray norm(NDArray x, String name) {
        NDArray root = x.square()
                .mean(new int[] {-1}, true)
                .add(TransformerShape.EPSILON)
                .sqrt();
        return x.div(root).mul(numbers.apply(name));
    }

    private NDArray feedForward(NDArray x, int layer) {
        NDArray gate = x.matMul(numbers.apply(inLayer(layer, "gate")));
        NDArray open = gate.mul(gate.getNDArrayInternal().sigmoid());
        return open.mul(x.matMul(numbers.apply(inLayer(layer, "up")))).matMul(numbers.apply(inLayer(layer, "down")));
    }

    private NDArray attention(NDArray x, int layer, NDArray[] rotary, NDArray barrier) {
        NDArray query = rotated(heads(x, inLayer(layer, "query")), rotary);
        NDArray key = rotated(heads(x, inLayer(layer, "key")), rotary);
        NDArray value = heads(x, inLayer(layer, "value"));
        NDArray product = query.matMul(key.swapAxes(2, 3)).mul(1 / Math.sqrt(shape.headSize()));
        NDArray seen = product.add(barrier).softmax(-1).matMul(value);
        return seen.transpose(0, 2, 1, 3).reshape(x.getShape()).matMul(numbers.apply(inLayer(layer, "out")));
    }

    /** [batch, heads, length, headSize]. */
    private NDArray heads(NDArray x, String name) {
        return x.matMul(numbers.apply(name))
                .reshape(x.getShape().get(0), -1, shape.heads(), shape.headSize())
                .transpose(0, 2, 1, 3);
    }

    private static NDArray rotated(NDArray x, NDArray[] rotary) {
        NDList halves = x.split(2, 3);
        NDArray turned = halves.get(1).neg().concat(halves.get(0), 3);
        return x.mul(rotary[0]).add(turned.mul(rotary[1]));
    }

    /** Cosines and sines, [length, headSize] each. */
    private NDArray[] rotary(int length) {
        float[] speeds = shape.frequencies();
        int size = shape.headSize();
        float[] cosines = new float[length * size];
        float[] sines = new float[length * size];
        for (int i = 0; i < cosines.length; i++) {
            int position = i / size;
            float angle = position * speeds[i % size % speeds.length];
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) Math.sin(angle);
        }
        Shape dims = new Shape(length, size);
        return new NDArray[] {manager.create(cosines, dims), manager.create(sines, dims)};
    }

    /** [length, length]: 0 where a token may look, else far below 0. */
    private NDArray barrier(int length) {
        float[] barrier = new float[length * length];
        for (int i = 0; i < length; i++) {
            for (int j = i + 1; j < length; j++) {
                barrier[i * length + j] = NEVER;
            }
        }
        return manager.create(barrier, new Shape(length, length));
    }
}
