package dev.trimtab.model;

import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One sequence that a model has read, with its key-value cache. Confined to one thread at a time. */
public final class CachedSequence implements AutoCloseable {
    private final OnnxModel model;
    private final OrtSession session;
    private final KeyValueCache cache;
    private int length;
    private boolean closed;

    CachedSequence(OnnxModel model, OrtSession session, KeyValueCache cache) {
        this.model = model;
        this.session = session;
        this.cache = cache;
    }

    /** How many tokens were read. */
    public int length() {
        return length;
    }

    /**
     * Reads more tokens.
     *
     * @param newIds at least one
     * @return the logits [vocab] behind the last of them
     * @throws ModelException where the model fails
     */
    public float[] logits(int[] newIds) {
        return run(newIds, new int[0][], result -> {
            FloatBuffer all = Tensors.floats(result, "logits");
            float[] last = new float[all.remaining() / newIds.length];
            all.get(all.remaining() - last.length, last);
            return last;
        });
    }

    /**
     * Reads more tokens.
     *
     * @param newIds at least one
     * @return the logits behind each of them, [new][vocab]
     * @throws ModelException where the model fails
     */
    public float[][] everyLogits(int[] newIds) {
        return run(newIds, new int[0][], result -> {
            FloatBuffer all = Tensors.floats(result, "logits");
            float[][] logits = new float[newIds.length][all.remaining() / newIds.length];
            for (float[] one : logits) {
                all.get(one);
            }
            return logits;
        });
    }

    /**
     * Reads more tokens and scores candidates behind each.
     *
     * @param newIds at least one
     * @param candidates for each of them the ids to score behind it, possibly none
     * @return one array per new token, one score per candidate
     * @throws ModelException where the model fails
     */
    public float[][] scores(int[] newIds, int[][] candidates) {
        boolean gathers = model.scoresCandidates();
        return run(newIds, gathers ? candidates : new int[0][], result -> {
            FloatBuffer all = Tensors.floats(result, gathers ? "scores" : "logits");
            int width = all.remaining() / newIds.length;
            float[][] scores = new float[newIds.length][];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = new float[candidates[i].length];
                for (int j = 0; j < scores[i].length; j++) {
                    scores[i][j] = all.get(i * width + (gathers ? j : candidates[i][j]));
                }
            }
            return scores;
        });
    }

    /** Forgets everything behind the first {@code kept} tokens. */
    public void truncate(int kept) {
        if (kept >= length) {
            return;
        }
        try {
            cache.truncate(kept);
            length = kept;
        } catch (OrtException failure) {
            throw new ModelException("the cache cannot be cut: " + failure.getMessage(), failure);
        }
    }

    private interface Reading<T> {
        T read(OrtSession.Result result);
    }

    private <T> T run(int[] newIds, int[][] candidates, Reading<T> reading) {
        if (closed) {
            throw new IllegalStateException("the sequence is closed");
        }
        List<OnnxTensorLike> ours = new ArrayList<>();
        try {
            OrtSession.Result result = session.run(inputs(newIds, candidates, ours));
            T answer = reading.read(result);
            cache.take(result);
            length += newIds.length;
            return answer;
        } catch (OrtException failure) {
            throw new ModelException("the model failed: " + failure.getMessage(), failure);
        } finally {
            ours.forEach(OnnxTensorLike::close);
        }
    }

    private Map<String, OnnxTensorLike> inputs(int[] newIds, int[][] candidates, List<OnnxTensorLike> ours)
            throws OrtException {
        Map<String, OnnxTensorLike> inputs = new HashMap<>();
        inputs.put("input_ids", Tensors.row(newIds));
        inputs.put("attention_mask", Tensors.ones(length + newIds.length));
        if (candidates.length > 0) {
            inputs.put("candidate_ids", Tensors.padded(candidates));
        }
        ours.addAll(inputs.values());
        cache.feed(inputs);
        return inputs;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cache.close();
            model.release();
        }
    }
}
