package dev.trimtab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled decay (arXiv 1412.6980, 1711.05101) over arrays that require gradients. The decay draws towards where
 * an array began, so that what is adapted stays near what it was.
 */
final class AdamW {
    private static final double FIRST = 0.9;
    private static final double SECOND = 0.98;
    private static final double EPSILON = 1e-8;
    private static final double LONGEST = 1;

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private int steps;

    /**
     * One array.
     *
     * @param mask 0 where it stays as it is, or null
     */
    private record Slot(
            NDArray array,
            NDArray start,
            NDArray first,
            NDArray second,
            @Nullable NDArray mask,
            double faster,
            double decay) {}

    /**
     * Adds an array.
     *
     * @param mask 0 where it stays as it is, or null where all of it moves
     * @param faster how many times the learning rate is its own
     * @param decay share of the way back per step and unit of the learning rate
     */
    void add(String name, NDArray array, @Nullable NDArray mask, double faster, double decay) {
        slots.put(name, new Slot(array, array.duplicate(), array.zerosLike(), array.zerosLike(), mask, faster, decay));
    }

    /** Moves every array against its gradient, which together are shortened to a length of at most 1. */
    void step(double rate, NDManager manager) {
        steps++;
        double shorter = shorter(manager);
        double corrected = rate * Math.sqrt(1 - Math.pow(SECOND, steps)) / (1 - Math.pow(FIRST, steps));
        for (Slot slot : slots.values()) {
            NDArray gradient = gradient(slot, manager).muli(shorter);
            slot.first().muli(FIRST).addi(gradient.mul(1 - FIRST));
            slot.second().muli(SECOND).addi(gradient.muli(gradient).muli(1 - SECOND));
            NDArray root = owned(slot.second().sqrt(), manager).addi(EPSILON);
            NDArray move = owned(slot.first().div(root), manager).muli(slot.faster() * corrected);
            if (slot.decay() > 0) {
                NDArray way = owned(slot.array().sub(slot.start()), manager);
                move.addi(way.muli(slot.decay() * slot.faster() * rate));
            }
            slot.array().subi(move);
            gradient(slot, manager).muli(0);
        }
    }

    private double shorter(NDManager manager) {
        double square = 0;
        for (Slot slot : slots.values()) {
            square += owned(gradient(slot, manager).square(), manager).sum().getFloat();
        }
        return Math.min(1, LONGEST / Math.max(LONGEST, Math.sqrt(square)));
    }

    private static NDArray gradient(Slot slot, NDManager manager) {
        NDArray gradient = owned(slot.array().getGradient(), manager);
        return slot.mask() == null ? gradient : gradient.muli(slot.mask());
    }

    private static NDArray owned(NDArray array, NDManager manager) {
        array.attach(manager);
        return array;
    }
}
