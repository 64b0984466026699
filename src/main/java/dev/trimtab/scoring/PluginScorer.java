package dev.trimtab.scoring;

import dev.trimtab.model.ModelException;
import dev.trimtab.model.OnnxModel;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.token.Token;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import reactor.core.scheduler.Scheduler;

/**
 * A reweighting model: an autoregressive softmax r over the vocabulary, s(v) = log r(v) up to a constant per step ("Logits
 * are All We Need to Adapt Closed Models", arXiv 2502.06806, eq. 4), read at the candidates alone. A model of kind {@code
 * negative} lowers only: its scores are cut at 0 (Targeted Negative Training, arXiv 2406.13660).
 */
final class PluginScorer implements Scorer {
    private static final Set<String> KINDS = Set.of("plugin", "negative", "language-model");

    private final OnnxModel model;
    private final Tokenizer tokenizer;
    private final PromptTemplate template;
    private final String kind;
    private final Scheduler scheduler;
    private final ScoringMeters meters;

    private PluginScorer(OnnxModel model, Tokenizer tokenizer, String kind, Scheduler scheduler, ScoringMeters meters) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.template = PromptTemplate.parse(model.metadata("trimtab.template"));
        this.kind = kind;
        this.scheduler = scheduler;
        this.meters = meters;
    }

    static PluginScorer load(
            Path model, Path tokenizer, Accelerator accelerator, Scheduler scheduler, MeterRegistry registry)
            throws IOException {
        OnnxModel loaded = OnnxModel.load(model, accelerator);
        Tokenizer read = null;
        try {
            read = Tokenizer.read(Files.readAllBytes(tokenizer));
            String expected = loaded.metadata("trimtab.tokenizer.sha256");
            if (!expected.equals(read.sha256())) {
                throw new ModelException("tokenizer: sha256 " + read.sha256() + " (expected: " + expected + ")");
            }
            String kind = loaded.metadata("trimtab.kind");
            if (!KINDS.contains(kind)) {
                throw new ModelException("trimtab.kind: " + kind + " (expected: one of " + KINDS + ")");
            }
            return new PluginScorer(loaded, read, kind, scheduler, new ScoringMeters(registry, kind));
        } catch (IOException | RuntimeException refused) {
            loaded.close();
            if (read != null) {
                read.close();
            }
            throw refused;
        }
    }

    @Override
    public String name() {
        return kind;
    }

    @Override
    public boolean zeroIsRest() {
        return "rest".equals(model.metadataOrNull("trimtab.zero"));
    }

    @Override
    public boolean onlyLowers() {
        return "negative".equals(kind);
    }

    @Override
    public Accelerator accelerator() {
        return model.accelerator();
    }

    @Override
    public List<Token> tokens(String text) {
        return IntStream.of(tokenizer.encode(text))
                .mapToObj(id -> new Token(Token.NO_ID, tokenizer.vocabulary().bytes(id)))
                .toList();
    }

    @Override
    public Session open(Prompt prompt) {
        TokenMapping mapping = new TokenMapping(tokenizer, template.end(tokenizer));
        return new PluginSession(
                this, mapping, mapping.prompt(prompt, template), model.open(), model.context(), scheduler, meters);
    }

    @Override
    public void close() {
        model.close();
    }
}
