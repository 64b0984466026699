package dev.trimtab.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final int context;
    private final int vocabularySize;

    private OnnxModel(OrtSession session, Accelerator accelerator) throws OrtException {
        this.session = session;
        this.accelerator = accelerator;
        this.metadata = session.getMetadata().getCustomMetadata();
        this.slots = CacheSlot.of(session.getInputInfo());
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
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            OrtSession session = OnnxEnvironment.get().createSession(model, options);
            return new OnnxModel(session, got);
        } catch (OrtException unusable) {
            throw new ModelException("the model cannot be loaded: " + unusable.getMessage(), unusable);
        }
    }

    static void require(boolean holds, String what, String expected) {
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
        try {
            CachedSequence sequence = new CachedSequence(this, session, new KeyValueCache(slots));
            users.incrementAndGet();
            return sequence;
        } catch (OrtException failure) {
            throw new ModelException("no sequence can be opened: " + failure.getMessage(), failure);
        }
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

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            release();
        }
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
