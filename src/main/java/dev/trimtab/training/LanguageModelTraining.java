package dev.trimtab.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.scoring.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Trains a language model from scratch on the whole vocabulary, and writes it as the demo's own is written. */
public final class LanguageModelTraining {
    private static final int BATCH_TOKENS = 2_000;
    private static final int TWENTIETH = 20;
    private static final int WARM_UP = 100;
    private static final double TENTH = 10;
    private static final double RATE = 3e-3;
    private static final double SLOWEST = 0.05;

    private final LanguageModelSettings settings;
    private final Consumer<String> said;
    private final AdamW optimizer = new AdamW();
    private final Random random;
    private int steps;

    /**
     * @param said takes progress, one line at a time
     */
    public LanguageModelTraining(LanguageModelSettings settings, Consumer<String> said) {
        this.settings = settings;
        this.said = said;
        this.random = new Random(settings.seed());
    }

    /**
     * Trains and writes {@code model.onnx} and {@code tokenizer.json}. Blocks for as long as it takes.
     *
     * @return what was found, in one line
     * @throws IllegalArgumentException that names each bad line of the data, or a shape that cannot be, or a folder that
     *     holds a policy, or where PyTorch is not there
     * @throws IOException where a file cannot be read or written
     */
    public String run() throws IOException {
        Torch.require();
        Path out = settings.out();
        Required.that(!Files.exists(out) || Files.isDirectory(out), "out", out, "a folder");
        Required.that(
                !PolicyWriting.isPolicy(out),
                "out",
                out,
                "a folder that holds no policy, whose scorer it would replace");
        byte[] tokenizerJson = Files.readAllBytes(settings.tokenizer());
        Material material = material(tokenizerJson);
        Files.createDirectories(out);
        Best best = trained(material);
        Required.that(
                Double.isFinite(best.nats()), "passes", "no likelihood that is a number", "another seed or shape");
        write(best.weights(), tokenizerJson, material.template());
        return String.format(
                Locale.ROOT,
                "language model: %.4f nats/token of %d held-out texts, %d numbers",
                best.nats(),
                material.heldOut().size(),
                best.weights().count());
    }

    /**
     * What a model is trained on.
     *
     * @param template how prompts are written
     */
    private record Material(TransformerShape shape, String template, List<ReadText> learnt, List<ReadText> heldOut) {}

    private Material material(byte[] tokenizerJson) throws IOException {
        List<Example> examples = Examples.read(settings.data());
        List<Prompt> inputs =
                examples.stream().map(LanguageModelTraining::input).toList();
        List<List<Integer>> parts = Examples.parts(inputs, TWENTIETH, settings.seed());
        Required.that(parts.size() > 1, "data", "one prompt", "at least two, or texts");
        Set<Integer> held = new HashSet<>(parts.get(0));
        List<ReadText> learnt = new ArrayList<>();
        List<ReadText> heldOut = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.read(tokenizerJson)) {
            String written = ScorerPrompts.template(settings.template(), tokenizer);
            PromptTemplate template = PromptTemplate.parse(written);
            for (int i = 0; i < examples.size(); i++) {
                (held.contains(i) ? heldOut : learnt)
                        .add(ReadText.of(examples.get(i), tokenizer, template, settings.context()));
            }
            Required.that(
                    heldOut.stream().anyMatch(text -> text.counted() > 0),
                    "context",
                    settings.context(),
                    "more than the tokens of the held-out prompts");
            return new Material(shape(tokenizer), written, learnt, heldOut);
        }
    }

    private TransformerShape shape(Tokenizer tokenizer) {
        return new TransformerShape(
                tokenizer.vocabulary().size(),
                settings.layers(),
                settings.width(),
                settings.heads(),
                settings.context(),
                true);
    }

    /** Texts of one prompt are held out together, plain texts one by one. */
    private static Prompt input(Example example) {
        boolean plain = example.turns().isEmpty() && example.text().isEmpty();
        return plain ? new Prompt.Text(example.completion()) : example.prompt();
    }

    private record Best(TransformerWeights weights, double nats) {}

    private Best trained(Material material) {
        TransformerWeights start = TransformerWeights.random(material.shape(), settings.seed());
        Best best = new Best(start, Double.POSITIVE_INFINITY);
        try (ScorerWeights weights =
                new ScorerWeights(ScorerTrial.Start.withoutBias(start), Update.ALL, false, settings.seed())) {
            weights.trained().forEach((name, array) -> optimizer.add(name, array, null, 1, 0));
            for (int pass = 1; pass <= settings.passes(); pass++) {
                pass(weights, material.learnt());
                double nats = measured(weights, material.heldOut());
                said.accept(
                        String.format(Locale.ROOT, "language model: pass %d: %.4f nats/token held out", pass, nats));
                if (nats < best.nats()) {
                    best = new Best(weights.copy(), nats);
                }
            }
        }
        return best;
    }

    private void pass(ScorerWeights weights, List<ReadText> learnt) {
        List<List<ReadText>> batches = batches(learnt);
        Collections.shuffle(batches, random);
        for (List<ReadText> batch : batches) {
            try (NDManager owner = weights.manager().newSubManager()) {
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    collector.backward(nats(weights, batch, owner).mean());
                }
                optimizer.step(rate(batches.size() * settings.passes()), owner);
                steps++;
            }
        }
    }

    /** Rises for the first steps, a tenth of all at the most, then falls along a half cosine. */
    private double rate(int all) {
        double fall = SLOWEST + (1 - SLOWEST) * (1 + Math.cos(Math.PI * steps / all)) / 2;
        double warmUp = Math.min(WARM_UP, all / TENTH);
        return RATE * fall * Math.min(1, (steps + 1) / warmUp);
    }

    /** Texts of like lengths side by side. */
    private List<List<ReadText>> batches(List<ReadText> texts) {
        List<ReadText> sorted = new ArrayList<>(texts);
        Collections.shuffle(sorted, random);
        sorted.sort(Comparator.comparingInt(text -> text.ids().length));
        List<List<ReadText>> batches = new ArrayList<>();
        List<ReadText> batch = new ArrayList<>();
        for (ReadText text : sorted) {
            if (!batch.isEmpty() && (batch.size() + 1) * text.ids().length > BATCH_TOKENS) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(text);
        }
        batches.add(batch);
        return batches;
    }

    /** −log p of every token that counts, [n]. */
    private static NDArray nats(ScorerWeights weights, List<ReadText> batch, NDManager owner) {
        int length = batch.stream().mapToInt(text -> text.ids().length - 1).reduce(1, Math::max);
        int n = batch.stream().mapToInt(ReadText::counted).sum();
        int[] ids = new int[batch.size() * length];
        int[] at = new int[n];
        int[] next = new int[n];
        int row = 0;
        for (int i = 0; i < batch.size(); i++) {
            ReadText text = batch.get(i);
            System.arraycopy(text.ids(), 0, ids, i * length, text.ids().length - 1);
            for (int j = text.first(); j < text.ids().length - 1; j++) {
                at[row] = i * length + j;
                next[row++] = text.ids()[j + 1];
            }
        }
        Transformer transformer = weights.transformer(owner);
        NDArray last = transformer.last(Numbers.longs(owner, ids, batch.size(), length));
        NDArray logits = transformer.logits(last, Numbers.longs(owner, at, n));
        return logits.logSoftmax(1).gather(Numbers.longs(owner, next, n, 1), 1).neg();
    }

    private double measured(ScorerWeights weights, List<ReadText> heldOut) {
        double sum = 0;
        long tokens = 0;
        for (List<ReadText> batch : batches(heldOut)) {
            try (NDManager owner = weights.manager().newSubManager()) {
                NDArray nats = nats(weights, batch, owner);
                tokens += nats.size();
                sum += nats.sum().getFloat();
            }
        }
        return sum / tokens;
    }

    private void write(TransformerWeights weights, byte[] tokenizerJson, String template) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(ModelMetadata.of(weights.shape(), tokenizerJson, template));
        metadata.put("trimtab.kind", "language-model");
        metadata.put(
                "trimtab.provenance",
                "Trained on " + FileIdentity.of(settings.data()) + ", at most " + settings.passes() + " passes, seed "
                        + settings.seed() + ", Trimtab " + settings.version());
        Files.write(
                settings.out().resolve(FittedScorer.MODEL),
                OnnxExport.model(weights, OnnxExport.Output.LOGITS, false, metadata));
        Files.write(settings.out().resolve(FittedScorer.TOKENIZER), tokenizerJson);
    }
}
