package dev.trimtab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which numbers are trained: those with the largest sums of squared gradients before training, a share of all (the diagonal
 * of the empirical Fisher information, arXiv 2111.09839; found once, arXiv 2412.13488).
 */
final class GradientMask {
    private final Map<String, float[]> squares = new LinkedHashMap<>();

    /** Counts a batch's gradients, and clears them. */
    void add(Map<String, NDArray> trained) {
        trained.forEach((name, array) -> {
            try (NDArray gradient = array.getGradient()) {
                float[] one = gradient.toFloatArray();
                float[] sum = squares.computeIfAbsent(name, first -> new float[one.length]);
                for (int i = 0; i < one.length; i++) {
                    sum[i] += one[i] * one[i];
                }
                gradient.muli(0);
            }
        });
    }

    /** 1 for the chosen share of all numbers, 0 for the others, by name. */
    Map<String, float[]> largest(double share) {
        int count = squares.values().stream().mapToInt(square -> square.length).sum();
        float[] all = new float[count];
        int filled = 0;
        for (float[] square : squares.values()) {
            System.arraycopy(square, 0, all, filled, square.length);
            filled += square.length;
        }
        Arrays.sort(all);
        float least = Math.max(Float.MIN_VALUE, all[Math.min(count - 1, (int) (count * (1 - share)))]);
        Map<String, float[]> masks = new LinkedHashMap<>();
        squares.forEach((name, square) -> {
            float[] mask = new float[square.length];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = square[i] >= least ? 1 : 0;
            }
            masks.put(name, mask);
        });
        return masks;
    }

    /** The masks as arrays of the shapes of what is trained. */
    static Map<String, NDArray> arrays(Map<String, float[]> masks, Map<String, NDArray> trained, NDManager manager) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        trained.forEach((name, array) -> {
            float[] mask = masks.get(name);
            if (mask != null) {
                arrays.put(name, manager.create(mask, array.getShape()));
            }
        });
        return arrays;
    }
}
