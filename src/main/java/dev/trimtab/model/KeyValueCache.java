package dev.trimtab.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** The keys and values that a model has computed for a sequence; they stay in its own memory between runs. */
final class KeyValueCache implements AutoCloseable {
    private final List<CacheSlot> slots;
    private final OnnxTensor[] tensors;

    KeyValueCache(List<CacheSlot> slots) throws OrtException {
        this.slots = slots;
        this.tensors = new OnnxTensor[slots.size()];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = head(FloatBuffer.allocate(0), slots.get(i), 0);
        }
    }

    /** Adds the cache to the inputs of a run. */
    void feed(Map<String, OnnxTensorLike> inputs) {
        for (int i = 0; i < tensors.length; i++) {
            inputs.put(slots.get(i).past(), tensors[i]);
        }
    }

    /** Takes the next cache out of a run's result and frees what else is in it. */
    void take(OrtSession.Result result) {
        for (Map.Entry<String, OnnxValue> output : result) {
            int slot = slotOf(output.getKey());
            if (slot < 0) {
                output.getValue().close();
            } else {
                tensors[slot].close();
                tensors[slot] = (OnnxTensor) output.getValue();
            }
        }
    }

    /** Forgets everything behind the first tokens. */
    void truncate(int kept) throws OrtException {
        for (int i = 0; i < tensors.length; i++) {
            OnnxTensor whole = tensors[i];
            tensors[i] = head(whole.getFloatBuffer(), slots.get(i), kept);
            whole.close();
        }
    }

    private int slotOf(String present) {
        for (int i = 0; i < tensors.length; i++) {
            if (slots.get(i).present().equals(present)) {
                return i;
            }
        }
        return -1;
    }

    private static OnnxTensor head(FloatBuffer from, CacheSlot slot, int kept) throws OrtException {
        int length = kept * slot.headSize();
        int stride = from.remaining() / slot.heads();
        FloatBuffer to = FloatBuffer.allocate(slot.heads() * length);
        for (int i = 0; i < slot.heads(); i++) {
            to.put(i * length, from, i * stride, length);
        }
        return Tensors.floats(to, 1, slot.heads(), kept, slot.headSize());
    }

    @Override
    public void close() {
        for (OnnxTensor tensor : tensors) {
            tensor.close();
        }
    }
}
