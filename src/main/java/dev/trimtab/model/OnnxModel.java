package dev.trimtab.model;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A causal model in an ONNX file, by the usual names: {@code input_ids} int64 [batch, new], {@code attention_mask} int64
 * [batch, past + new], {@code past_key_values.{i}.key|value} float32 [batch, heads, past, head_dim]; out come {@code
 * present.{i}.key|value} and either {@code logits} [batch, new, vocab] or, asked with {@code candidate_ids} int64 [batch,
 * new, k], {@code scores} [batch, new, k].
 *
 * <p>Shared by all sequences; freed once it and the last of them are closed.
 */
public final class OnnxModel implements AutoCloseable {
    private final OrtSession session;
    private final Map<String, String> metadata;
    private final Accelerator accelerator;
    private final List<CacheSlot> slots;
    private final AtomicInteger users = new AtomicInteger(1);
    private final int context;
    private final int vocabularySize;

    /** One cached tensor: what goes in and what comes out. */
    record CacheSlot(String past, String present, long heads, long headSize) {}

    private OnnxModel(OrtSession session, Accelerator accelerator) throws OrtException {
        this.session = session;
        this.accelerator = accelerator;
        this.metadata = session.getMetadata().getCustomMetadata();
        this.slots = slots(session.getInputInfo());
        this.context = positive("trimtab.context");
        this.vocabularySize = positive("trimtab.vocab_size");
    }

    /**
     * Loads a file.
     *
     * @throws ModelException where it is missing, not such a model, or the accelerator cannot be had
     */
    public static OnnxModel load(Path file, Accelerator wanted) {
        try {
            return load(Files.readAllBytes(file), wanted);
        } catch (IOException unreadable) {
            throw new ModelException(file + ": cannot be read (expected: an ONNX file)", unreadable);
        }
    }

    /** Loads a model from its bytes, likewise. */
    public static OnnxModel load(byte[] model, Accelerator wanted) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            Accelerator got = Cuda.add(options, wanted);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            OrtSession session = OrtEnvironment.getEnvironment().createSession(model, options);
            return new OnnxModel(session, got);
        } catch (OrtException unusable) {
            throw new ModelException("the model cannot be loaded: " + unusable.getMessage(), unusable);
        }
    }

    private static List<CacheSlot> slots(Map<String, NodeInfo> inputs) {
        List<CacheSlot> slots = new ArrayList<>();
        inputs.forEach((name, node) -> {
            if (name.startsWith("past_key_values.") && node.getInfo() instanceof TensorInfo info) {
                require(info.type == OnnxJavaType.FLOAT && info.getShape().length == 4, name, "float32 of rank 4");
                String present = "present." + name.substring("past_key_values.".length());
                slots.add(new CacheSlot(name, present, info.getShape()[1], info.getShape()[3]));
            }
        });
        require(!slots.isEmpty(), "inputs", "past_key_values.0.key and so on");
        require(
                inputs.keySet().containsAll(Set.of("input_ids", "attention_mask")),
                "inputs",
                "input_ids, attention_mask");
        return slots;
    }

    private static void require(boolean holds, String what, String expected) {
        if (!holds) {
            throw new ModelException("model: " + what + " (expected: " + expected + ")");
        }
    }

    private int positive(String key) {
        String value = metadata.get(key);
        require(value != null && value.matches("[1-9]\\d{0,8}"), key + ": " + value, "a whole number above 0");
        return value == null ? 0 : Integer.parseInt(value);
    }

    /** A metadata entry of the file, or null. */
    public @Nullable String metadataOrNull(String key) {
        return metadata.get(key);
    }

    /**
     * A metadata entry of the file.
     *
     * @throws ModelException where it is absent
     */
    public String metadata(String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new ModelException("model: no metadata " + key + " (expected: an entry of that name)");
        }
        return value;
    }

    /** The most tokens that a sequence may have. */
    public int context() {
        return context;
    }

    public int vocabularySize() {
        return vocabularySize;
    }

    /** True where the graph scores candidates; false where it gives the logits of the whole vocabulary. */
    public boolean scoresCandidates() {
        return session.getInputNames().contains("candidate_ids");
    }

    /** What the model runs on: CPU or CUDA. */
    public Accelerator accelerator() {
        return accelerator;
    }

    /** Opens a sequence with an empty cache. */
    public CachedSequence open() {
        users.incrementAndGet();
        return new CachedSequence(this, session, slots);
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            try {
                session.close();
            } catch (OrtException failure) {
                throw new ModelException("the model cannot be freed", failure);
            }
        }
    }

    /** To be called once. */
    @Override
    public void close() {
        release();
    }

    /** Where a model runs. */
    public enum Accelerator {
        CPU,
        /** An NVIDIA GPU; not getting one is an error. */
        CUDA,
        /** A GPU where there is one, else the CPU. */
        AUTO
    }
}
