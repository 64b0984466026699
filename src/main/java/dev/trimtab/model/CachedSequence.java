package dev.trimtab.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trimtab.model.OnnxModel.CacheSlot;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One sequence that a model has read, with its key-value cache. Confined to one thread at a time. */
public final class CachedSequence implements AutoCloseable {
    private final OnnxModel model;
    private final OrtSession session;
    private final List<CacheSlot> slots;
    private final OnnxTensor[] cache;
    private int length;
    private boolean closed;

    CachedSequence(OnnxModel model, OrtSession session, List<CacheSlot> slots) {
        this.model = model;
        this.session = session;
        this.slots = slots;
        this.cache = new OnnxTensor[slots.size()];
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
     */
    public float[] logits(int[] newIds) {
        return run(newIds, new int[0][], result -> {
            FloatBuffer all = floats(result, "logits");
            int vocabulary = all.remaining() / newIds.length;
            float[] last = new float[vocabulary];
            all.position(all.remaining() - vocabulary);
            all.get(last);
            return last;
        });
    }

    /**
     * Reads more tokens and scores candidates behind each.
     *
     * @param newIds at least one
     * @param candidates for each of them the ids to score behind it, possibly none
     * @return one array per new token, one score per candidate
     */
    public float[][] scores(int[] newIds, int[][] candidates) {
        boolean gathers = model.scoresCandidates();
        return run(newIds, gathers ? candidates : new int[0][], result -> {
            FloatBuffer all = floats(result, gathers ? "scores" : "logits");
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
        for (int i = 0; i < cache.length; i++) {
            OnnxTensor whole = cache[i];
            cache[i] = kept == 0 ? empty(slots.get(i)) : head(whole, slots.get(i), kept);
            whole.close();
        }
        length = kept;
    }

    private interface Reading<T> {
        T read(OrtSession.Result result) throws OrtException;
    }

    private <T> T run(int[] newIds, int[][] candidates, Reading<T> reading) {
        if (closed) {
            throw new IllegalStateException("the sequence is closed");
        }
        Map<String, OnnxTensorLike> inputs = new HashMap<>();
        try {
            inputs.put("input_ids", longs(widened(newIds), 1, newIds.length));
            long[] mask = new long[length + newIds.length];
            Arrays.fill(mask, 1);
            inputs.put("attention_mask", longs(mask, 1, mask.length));
            if (candidates.length > 0) {
                inputs.put("candidate_ids", padded(candidates));
            }
            Map<String, OnnxTensorLike> all = new HashMap<>(inputs);
            for (int i = 0; i < cache.length; i++) {
                if (length == 0 && cache[i] == null) {
                    cache[i] = empty(slots.get(i));
                }
                all.put(slots.get(i).past(), cache[i]);
            }
            OrtSession.Result result = session.run(all);
            T answer = reading.read(result);
            keep(result);
            length += newIds.length;
            return answer;
        } catch (OrtException failure) {
            throw new ModelException("the model failed: " + failure.getMessage(), failure);
        } finally {
            inputs.values().forEach(OnnxTensorLike::close);
        }
    }

    /** Takes the present tensors out of a result as the next past, and frees the rest. */
    private void keep(OrtSession.Result result) {
        for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
            int slot = slotOf(output.getKey());
            if (slot < 0) {
                output.getValue().close();
            } else {
                cache[slot].close();
                cache[slot] = (OnnxTensor) output.getValue();
            }
        }
    }

    private int slotOf(String present) {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).present().equals(present)) {
                return i;
            }
        }
        return -1;
    }

    private static FloatBuffer floats(OrtSession.Result result, String output) {
        return ((OnnxTensor) result.get(output)
                        .orElseThrow(() -> new ModelException("model: no output " + output + " (expected: one)")))
                .getFloatBuffer();
    }

    private static OnnxTensor head(OnnxTensor whole, CacheSlot slot, int kept) {
        FloatBuffer from = whole.getFloatBuffer();
        int heads = (int) slot.heads();
        int size = (int) slot.headSize();
        int stride = from.remaining() / heads;
        FloatBuffer to = FloatBuffer.allocate(heads * kept * size);
        for (int i = 0; i < heads; i++) {
            to.put(i * kept * size, from, i * stride, kept * size);
        }
        return tensor(to, 1, heads, kept, size);
    }

    private static OnnxTensor empty(CacheSlot slot) {
        return tensor(FloatBuffer.allocate(0), 1, slot.heads(), 0, slot.headSize());
    }

    private static OnnxTensor padded(int[][] candidates) throws OrtException {
        int width = Arrays.stream(candidates).mapToInt(row -> row.length).max().orElse(0);
        long[] flat = new long[candidates.length * Math.max(1, width)];
        for (int i = 0; i < candidates.length; i++) {
            for (int j = 0; j < candidates[i].length; j++) {
                flat[i * Math.max(1, width) + j] = candidates[i][j];
            }
        }
        return longs(flat, 1, candidates.length, Math.max(1, width));
    }

    private static long[] widened(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }

    private static OnnxTensor longs(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(OnnxEnvironment.get(), LongBuffer.wrap(values), shape);
    }

    private static OnnxTensor tensor(FloatBuffer values, long... shape) {
        try {
            return OnnxTensor.createTensor(OnnxEnvironment.get(), values, shape);
        } catch (OrtException failure) {
            throw new ModelException("the cache cannot be kept", failure);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (OnnxTensor tensor : cache) {
                if (tensor != null) {
                    tensor.close();
                }
            }
            model.release();
        }
    }
}
