package dev.trimtab.demo;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** The model in this program's resources: a writer of restaurant descriptions, and how its prompts are written. */
final class DemoModel implements AutoCloseable {
    /** The name by which requests ask for it. */
    static final String NAME = "demo";

    private final Tokenizer tokenizer;
    private final OnnxModel model;
    private final PromptTemplate template;
    private final int end;
    private final int[] marks;
    private final LongAdder runs = new LongAdder();

    private DemoModel(Tokenizer tokenizer, OnnxModel model) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.template = PromptTemplate.parse(model.metadata("trimtab.template"));
        this.end = template.end(tokenizer);
        this.marks = IntStream.range(0, vocabulary().size())
                .filter(id -> id != end && vocabulary().special(id))
                .toArray();
    }

    static DemoModel load() {
        return new DemoModel(
                Tokenizer.read(resource("tokenizer.json")), OnnxModel.load(resource("model.onnx"), Accelerator.CPU));
    }

    private static byte[] resource(String name) {
        try (InputStream in = DemoModel.class.getResourceAsStream("/demo/" + name)) {
            if (in == null) {
                throw new IllegalStateException("demo/" + name + ": missing (expected: among the resources)");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The ids of a conversation; a last message of the assistant's is left open to go on. */
    int[] chat(List<PromptTemplate.Part> messages) {
        return template.render(messages, tokenizer);
    }

    boolean knowsRole(String role) {
        return template.frames().containsKey(role);
    }

    /** The ids of a text; special tokens in it are text. */
    int[] encode(String text) {
        return tokenizer.encode(text);
    }

    /** The bytes of a text; special tokens have none. */
    byte[] decode(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(vocabulary().bytes(id));
        }
        return bytes.toByteArray();
    }

    Vocabulary vocabulary() {
        return tokenizer.vocabulary();
    }

    /** The token that ends an answer. */
    int end() {
        return end;
    }

    /** The most tokens of prompt and answer together. */
    int context() {
        return model.context();
    }

    CachedSequence open() {
        return model.open();
    }

    /**
     * Reads more of a sequence.
     *
     * @return the logits of the token behind it; −∞ for the marks of the prompt's format, which belong to no answer
     */
    float[] logits(CachedSequence sequence, int[] newIds) {
        runs.increment();
        return withoutMarks(sequence.logits(newIds));
    }

    /** Reads more of a sequence, likewise; the logits behind each token. */
    float[][] everyLogits(CachedSequence sequence, int[] newIds) {
        runs.increment();
        float[][] all = sequence.everyLogits(newIds);
        for (float[] logits : all) {
            withoutMarks(logits);
        }
        return all;
    }

    private float[] withoutMarks(float[] logits) {
        for (int mark : marks) {
            logits[mark] = Float.NEGATIVE_INFINITY;
        }
        return logits;
    }

    /** How many tokens it was asked for. */
    long runs() {
        return runs.sum();
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
