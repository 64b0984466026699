package dev.trimtab.training;

import static dev.trimtab.training.TransformerWeights.EMBEDDING;
import static dev.trimtab.training.TransformerWeights.HEAD;
import static dev.trimtab.training.TransformerWeights.HEAD_BIAS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.trimtab.training.TransformerWeights.Tensor;
import dev.trimtab.training.Update.Part;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** A scorer's numbers and its pushed bias as native arrays, some of which are trained. */
final class ScorerWeights implements AutoCloseable {
    /** The pushed bias's name among the arrays: a vector of its entries and a last 0. */
    static final String PUSHED = "pushed";

    private static final Set<String> ATTENTION = Set.of("query", "key", "value", "out");
    private static final double LORA_SCALE = 2;

    private final TransformerShape shape;
    private final NDManager manager;
    private final int[] places;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final Map<String, NDArray> trained = new LinkedHashMap<>();

    /**
     * @param movesBias whether the pushed bias is trained, too
     */
    ScorerWeights(ScorerTrial.Start first, Update update, boolean movesBias, long seed) {
        TransformerWeights start = first.weights();
        float[] pushed = first.pushed();
        this.shape = start.shape();
        this.manager = NDManager.newBaseManager();
        start.tensors().forEach((name, tensor) -> {
            arrays.put(name, Numbers.floats(manager, tensor.values(), tensor.dims()));
            if (trains(update.part(), name, tensor)) {
                trained.put(name, arrays.get(name));
            }
            if (update.part() == Part.LORA && ATTENTION.contains(lastPart(name))) {
                addLora(name, tensor, (int) update.amount(), new Random(seed + name.hashCode()));
            }
        });
        arrays.put(PUSHED, Numbers.floats(manager, pushed, pushed.length));
        this.places = IntStream.range(0, pushed.length).toArray();
        if (movesBias || update.part() == Part.BIAS) {
            trained.put(PUSHED, arrays.get(PUSHED));
        }
        trained.values().forEach(array -> array.setRequiresGradient(true));
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private boolean trains(Part part, String name, Tensor tensor) {
        return switch (part) {
            case ALL, MASK -> true;
            case HEAD -> name.equals(shape.tied() ? EMBEDDING : HEAD) || name.equals(HEAD_BIAS);
            case BIASES -> tensor.isVector();
            case BIAS, LORA, NONE -> false;
        };
    }

    private void addLora(String name, Tensor tensor, int rank, Random random) {
        int rows = (int) tensor.dims()[0];
        float[] down = new float[rows * rank];
        for (int i = 0; i < down.length; i++) {
            down[i] = (float) (random.nextGaussian() / Math.sqrt(rows));
        }
        trained.put(name + ".down", Numbers.floats(manager, down, rows, rank));
        trained.put(name + ".up", manager.zeros(new Shape(rank, tensor.dims()[1])));
    }

    /** What is trained, by name. */
    Map<String, NDArray> trained() {
        return trained;
    }

    NDManager manager() {
        return manager;
    }

    /** The transformer over these numbers, whose results a manager owns. */
    Transformer transformer(NDManager owner) {
        return new Transformer(shape, name -> effective(name, owner), owner);
    }

    /** The pushed bias of places int64 [...], [...], owned by their manager. */
    NDArray pushed(NDArray places) {
        return Numbers.rows(array(PUSHED).reshape(-1, 1), places).squeeze(-1);
    }

    /**
     * What the pushed bias b makes of the rest's share, log(Σ_{v∉S} q(v)·e^{b(v)} / Σ_{v∉S} q(v)) [n, 1]: what is not shown
     * is taken to divide as the background q does.
     */
    NDArray pushedRest(ScorerBatch batch) {
        NDArray all = pushed(Numbers.longs(batch.ids().getManager(), places, places.length, 1));
        return batch.unseen()
                .matMul(all.exp().sub(1))
                .add(1)
                .maximum(ServedLaw.LEAST)
                .log();
    }

    private NDArray array(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException(name + ": missing (expected: one of " + arrays.keySet() + ")");
        }
        return array;
    }

    private NDArray effective(String name, NDManager owner) {
        NDArray down = trained.get(name + ".down");
        NDArray up = trained.get(name + ".up");
        if (down == null || up == null) {
            return array(name);
        }
        NDArray product = down.matMul(up);
        product.attach(owner);
        return product.mul(LORA_SCALE).add(array(name));
    }

    /** A copy of the numbers, what was added to them included. */
    TransformerWeights copy() {
        try (NDManager owner = manager.newSubManager()) {
            return TransformerWeights.of(
                    shape,
                    (name, dims) -> new Tensor(dims, effective(name, owner).toFloatArray()));
        }
    }

    /** A copy of the pushed bias. */
    float[] copyOfPushed() {
        return array(PUSHED).toFloatArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}
