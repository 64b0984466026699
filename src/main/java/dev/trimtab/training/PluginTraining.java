package dev.trimtab.training;

import dev.trimtab.token.Token;
import dev.trimtab.upstream.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** Fits a policy to examples, lever by lever, and writes its folder. A lever that does not pay is left out. */
public final class PluginTraining {
    private final PluginSettings settings;
    private final AskedModel model;
    private final Asked asked;
    private final Consumer<String> said;
    /** Whether what is shown under a pushed bias is known. */
    private boolean told;

    /**
     * @param said takes progress and findings, one line at a time
     */
    public PluginTraining(PluginSettings settings, AskedModel model, Consumer<String> said) {
        this.settings = settings;
        this.model = model;
        this.asked = model.asked();
        this.said = said;
    }

    /**
     * Collects, fits and writes, a policy for each price. Blocks.
     *
     * @return what was found, Markdown: the policies' card
     * @throws IllegalArgumentException that names each bad line of the data
     * @throws IOException where a file cannot be read or written
     * @throws dev.trimtab.openai.ApiException where the upstream fails; what it has shown is kept
     */
    public String run() throws IOException {
        if (isWanted()) {
            settings.scorer().check();
            for (double price : settings.scorer().prices()) {
                PolicyWriting.check(settings.out(price));
            }
        } else {
            PolicyWriting.check(settings.out());
        }
        List<Example> examples = Examples.read(settings.data());
        boolean one = examples.stream().map(Example::prompt).distinct().count() < 2;
        Required.that(!one || !isWanted(), "data", "one prompt", "at least two for a scorer, or --layers 0");
        String data = DigestUtils.sha256Hex(Files.readAllBytes(settings.data()));
        PolicyCard card = model.ask(said, collecting -> fitted(examples, data, collecting));
        card.write();
        return card.text();
    }

    private PolicyCard fitted(List<Example> examples, String data, Collecting collecting) throws IOException {
        told = model.tellsBias(collecting, examples);
        Preface preface = preface(examples, collecting);
        List<Lesson> lessons = collecting.lessons(examples, preface::before, Map.of());
        BiasFit.Fitted bias = bias(examples, preface, lessons, collecting);
        String noBias = whyNoBias(lessons);
        said.accept(noBias == null ? bias.summary() : "bias: left out. " + noBias);
        said.accept(isWanted() ? "scorer: fitting" : "scorer: left out. " + whyNoScorer());
        PolicyScorer scorer = scorer(examples, preface, lessons, bias.pushed(), collecting);
        return new PolicyCard(settings, model, data, examples.size(), preface, bias, noBias, scorer, scorers(scorer));
    }

    private Preface preface(List<Example> examples, Collecting collecting) throws IOException {
        if (settings.given() == null) {
            return new PrefaceChoice(collecting, said).choose(examples, settings.preface(), settings.seed());
        }
        List<Example> given = Examples.read(settings.given());
        Required.that(
                given.stream().noneMatch(example -> example.turns().isEmpty()),
                "preface-examples",
                settings.given(),
                "messages in every line");
        return new Preface(given);
    }

    private BiasFit.Fitted bias(List<Example> examples, Preface preface, List<Lesson> lessons, Collecting collecting) {
        List<BiasFold> folds = BiasFold.of(
                examples,
                preface,
                lessons,
                settings.seed(),
                (rest, without) -> collecting.lessons(rest, without::before, Map.of()));
        BiasFit fit = new BiasFit(lessons, folds, new BiasRoom(model::isPushable, entries(), model::rounded));
        return told
                ? fit.measured((pushed, apart) -> LessonNats.of(collecting.lessons(
                        apart.stream().map(examples::get).toList(), preface::before, model.ids(pushed))))
                : fit.estimated();
    }

    /** A scorer reads what is told under the bias, where that is told. */
    private PolicyScorer scorer(
            List<Example> examples,
            Preface preface,
            List<Lesson> lessons,
            Map<Token, Double> pushed,
            Collecting collecting) {
        boolean again = told && !pushed.isEmpty() && isWanted();
        List<Lesson> read = again ? collecting.lessons(examples, preface::before, model.ids(pushed)) : lessons;
        boolean ends = model.steersEnds(examples);
        return new PolicyScorer(
                Lesson.steered(read, ends),
                told ? pushed : Map.of(),
                told ? Map.of() : pushed,
                !asked.capabilities().wholeBias(),
                ends,
                model::rounded,
                settings.scorer(),
                settings.seed());
    }

    private List<FittedScorer> scorers(PolicyScorer scorer) throws IOException {
        List<FittedScorer> fitted = new ArrayList<>();
        for (double price : isWanted() ? settings.scorer().prices() : List.<Double>of()) {
            fitted.add(scorer.fit(price, said));
            said.accept(fitted.get(fitted.size() - 1).summary());
        }
        return fitted;
    }

    /** Whether a scorer is tried. */
    private boolean isWanted() {
        return whyNoScorer() == null;
    }

    private @Nullable String whyNoScorer() {
        if (settings.scorer().layers() == 0) {
            return "layers: 0";
        }
        if (settings.scorer().tokenizer() == null) {
            return "tokenizer: nothing (expected: a tokenizer.json, best the upstream's own)";
        }
        return Torch.isThere() ? null : "PyTorch: " + Torch.MISSING;
    }

    /** Why no bias could be fitted, or null where one could. */
    private @Nullable String whyNoBias(List<Lesson> lessons) {
        return settings.bias() == 0 ? "bias: 0" : model.whyNoBias(lessons);
    }

    private int entries() {
        return Math.min(settings.bias(), asked.capabilities().biasEntries());
    }
}
