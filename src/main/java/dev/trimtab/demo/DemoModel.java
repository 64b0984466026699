package dev.trimtab.demo;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.Message;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The language model behind the demo: a writer of restaurant descriptions, see its card beside it. */
final class DemoModel implements AutoCloseable {
    private final OnnxModel model;
    private final Tokenizer tokenizer;
    private final PromptTemplate template;

    private DemoModel(OnnxModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.template = PromptTemplate.parse(model.metadata("trimtab.template"));
    }

    static DemoModel load() {
        return new DemoModel(
                OnnxModel.load(resource("/demo/model.onnx"), Accelerator.CPU),
                Tokenizer.read(resource("/demo/tokenizer.json")));
    }

    private static byte[] resource(String path) {
        try (InputStream in = DemoModel.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(path + ": not in the jar (expected: the demo model's file)");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new IllegalStateException(path + ": cannot be read", unreadable);
        }
    }

    int context() {
        return model.context();
    }

    Vocabulary vocabulary() {
        return tokenizer.vocabulary();
    }

    /** The id that ends an answer. */
    int end() {
        return template.end(tokenizer);
    }

    int[] chat(List<Message> messages) {
        return template.render(
                messages.stream()
                        .map(message -> new PromptTemplate.Part(role(message.role()), message.text()))
                        .toList(),
                tokenizer);
    }

    private static String role(String role) {
        return role.equals("assistant") || role.equals("user") ? role : "system";
    }

    int[] text(String text) {
        return tokenizer.encode(text);
    }

    CachedSequence open() {
        return model.open();
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
