package dev.trimtab.training;

import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.training.ScorerTrial.Split;
import dev.trimtab.training.ScorerTrial.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Fits a scorer to lessons on the law that is served. Rate, decay and the number of passes are those that did best on
 * lessons held out; where there are few lessons all are, in turns, and the weights then come of all of them.
 */
final class ScorerFit {
    private static final int FEW = 200;
    private static final int TURNS = 4;
    private static final int TENTH = 10;
    private static final List<GridPoint> WHERE_FEW =
            List.of(new GridPoint(3e-4, 10), new GridPoint(1e-3, 10), new GridPoint(2e-3, 30));
    private static final List<GridPoint> WHERE_MANY = List.of(new GridPoint(1e-3, 10));
    private static final List<GridPoint> LOWERING = List.of(new GridPoint(3e-3, 1));

    private final ScorerRequest request;
    private final ScorerSettings settings;
    private final Consumer<String> said;

    private ScorerFit(ScorerRequest request, Consumer<String> said) {
        this.request = request;
        this.settings = request.settings();
        this.said = said;
    }

    /**
     * Fits. Blocks for as long as it takes.
     *
     * @param said takes progress, one line at a time
     * @throws IllegalArgumentException where there are fewer than two prompts, or the model to begin with is none of this
     *     architecture or has another tokenizer, or where PyTorch is not there
     * @throws IOException where a file cannot be read
     */
    static FittedScorer fit(ScorerRequest request, Consumer<String> said) throws IOException {
        Torch.require();
        return new ScorerFit(request, said).fit();
    }

    private FittedScorer fit() throws IOException {
        Instant began = Instant.now();
        BiasEntries entries = new BiasEntries(request.bias());
        ShownLaws laws = new ShownLaws(request.lessons());
        TransformerWeights from;
        List<Split> splits;
        try (Tokenizer tokenizer = Tokenizer.read(Files.readAllBytes(request.tokenizer()))) {
            from = from(tokenizer.vocabulary().size());
            splits = splits(new ScorerLesson.Reader(
                    tokenizer,
                    PromptTemplate.parse(request.template()),
                    entries,
                    laws,
                    from.shape().context()));
        }
        Start start = new Start(from, entries.nats(), entries.shares(laws));
        ScorerTrial best = grid().stream()
                .map(point -> ScorerTrial.run(settings, start, splits, point, said))
                .min(Comparator.comparingDouble(trial -> trial.cost(settings.price())))
                .orElseThrow();
        ScorerTrial last = splits.size() == 1 || best.passes() == 0 ? best : onAll(best, start, splits);
        return new FittedScorer(
                request,
                last.weights(),
                entries.with(last.pushed()),
                best.before(),
                best.after(),
                best.point(),
                best.passes(),
                best.updated(),
                PeakMemory.bytes(),
                Duration.between(began, Instant.now()));
    }

    /** A lowering's target is no choice among wanted answers but the upstream's own law: it is learnt faster. */
    private List<GridPoint> grid() {
        List<GridPoint> open = request.lessons().size() <= FEW ? WHERE_FEW : WHERE_MANY;
        return settings.lowers() ? LOWERING : open;
    }

    private TransformerWeights from(int vocabulary) {
        TransformerWeights from = request.from();
        if (from == null) {
            return TransformerWeights.random(
                    new TransformerShape(
                            vocabulary,
                            settings.layers(),
                            settings.width(),
                            settings.heads(),
                            settings.context(),
                            false),
                    settings.seed());
        }
        from.shape().requireVocabulary(vocabulary);
        return from;
    }

    private List<Split> splits(ScorerLesson.Reader reader) {
        List<ScorerLesson> lessons = read(reader, request.lessons());
        long left = lessons.stream()
                .filter(lesson -> lesson.ids().length > reader.context())
                .count();
        Required.that(left < lessons.size(), "context", reader.context(), "more than the tokens of the prompts");
        if (left > 0) {
            said.accept("scorer: " + left + " of " + lessons.size() + " prompts do not fit its context of "
                    + reader.context() + " and are left out");
        }
        if (!request.heldOut().isEmpty()) {
            return List.of(new Split(lessons, read(reader, request.heldOut())));
        }
        boolean few = lessons.size() <= FEW;
        List<Prompt> prompts = request.lessons().stream().map(Lesson::prompt).toList();
        List<List<Integer>> parts = Examples.parts(prompts, few ? TURNS : TENTH, settings.seed());
        if (parts.size() < 2) {
            throw new IllegalArgumentException("examples: one prompt (expected: at least two)");
        }
        return parts.subList(0, few ? parts.size() : 1).stream()
                .map(part -> split(lessons, new HashSet<>(part)))
                .toList();
    }

    /** Of the lessons that have anything to be scored. */
    private static Split split(List<ScorerLesson> lessons, Set<Integer> heldOut) {
        List<ScorerLesson> left = new ArrayList<>();
        List<ScorerLesson> held = new ArrayList<>();
        for (int i = 0; i < lessons.size(); i++) {
            if (!lessons.get(i).steps().isEmpty()) {
                (heldOut.contains(i) ? held : left).add(lessons.get(i));
            }
        }
        return new Split(left, held);
    }

    private List<ScorerLesson> read(ScorerLesson.Reader reader, List<Lesson> lessons) {
        return lessons.stream()
                .map(lesson -> reader.read(
                        lesson,
                        request.unwanted() == null ? null : request.unwanted().apply(lesson)))
                .toList();
    }

    /** So many passes over all lessons, the held-out ones among them. */
    private ScorerTrial onAll(ScorerTrial trial, Start start, List<Split> splits) {
        List<ScorerLesson> all =
                splits.stream().flatMap(split -> split.held().stream()).toList();
        try (ScorerTraining training = new ScorerTraining(settings, start, all, trial.point())) {
            for (int pass = 0; pass < trial.passes(); pass++) {
                training.pass();
            }
            return new ScorerTrial(
                    trial.point(),
                    trial.passes(),
                    trial.before(),
                    trial.after(),
                    training.weights(),
                    training.pushed(),
                    trial.updated());
        }
    }
}
