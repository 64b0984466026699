package dev.trimtab.training;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.scoring.Session;
import dev.trimtab.scoring.Session.ContextExceededException;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import reactor.core.scheduler.Schedulers;

/**
 * What a scorer that lowers does, as it is served, to answers that it was not fitted to: sums over their steps that show
 * something.
 *
 * @param answers how many there are
 * @param before probability of unwanted candidates under the upstream's own law q
 * @param after the same under the law p that is served
 * @param divergence KL(q ‖ p) of the steps without unwanted candidates, nats
 * @param elsewhere how many such steps there are
 */
record NegativeFigures(int answers, double before, double after, double divergence, int elsewhere) {
    /** Of no answer. */
    static final NegativeFigures NONE = new NegativeFigures(0, 0, 0, 0, 0);

    /** Of answers whose unwanted candidates are marked, by the files of a scorer. Blocks. */
    static NegativeFigures of(Path folder, MarkedAnswers answers) throws IOException {
        try (Scorer scorer = scorer(folder)) {
            return answers.lessons().stream()
                    .filter(lesson -> !lesson.steps().isEmpty())
                    .map(lesson -> of(scorer, lesson, answers.of(lesson)))
                    .reduce(NONE, NegativeFigures::and);
        }
    }

    private static Scorer scorer(Path folder) throws IOException {
        Path model = folder.resolve(FittedScorer.MODEL);
        Path tokenizer = folder.resolve(FittedScorer.TOKENIZER);
        return Scorer.plugin(model, tokenizer, Accelerator.CPU, Schedulers.immediate(), new SimpleMeterRegistry());
    }

    private static NegativeFigures of(Scorer scorer, Lesson lesson, boolean[][] unwanted) {
        double[][] lowerings = lowerings(scorer, lesson);
        NegativeFigures sum = new NegativeFigures(1, 0, 0, 0, 0);
        for (int i = 0; i < unwanted.length; i++) {
            Candidates shown = lesson.steps().get(i).candidates();
            sum = shown.isEmpty() ? sum : sum.and(step(shown, lowerings[i], unwanted[i]));
        }
        return sum;
    }

    /** Behind its context a scorer says nothing. */
    private static double[][] lowerings(Scorer scorer, Lesson lesson) {
        try (Session session = scorer.open(lesson.prompt())) {
            return Objects.requireNonNull(
                    session.score(new Window(List.of(), lesson.steps())).block());
        } catch (ContextExceededException tooLong) {
            return zeros(lesson.steps());
        }
    }

    private static double[][] zeros(List<Step> steps) {
        return steps.stream().map(step -> new double[step.candidates().size()]).toArray(double[][]::new);
    }

    private static NegativeFigures step(Candidates shown, double[] lowerings, boolean[] unwanted) {
        double left = 1;
        double before = 0;
        double kept = 0;
        double lowered = 0;
        for (int i = 0; i < unwanted.length; i++) {
            double lowering = Double.isNaN(lowerings[i]) ? 0 : lowerings[i];
            double share = Math.exp(shown.logprob(i));
            left -= share * -Math.expm1(lowering);
            before += unwanted[i] ? share : 0;
            kept += unwanted[i] ? share * Math.exp(lowering) : 0;
            lowered -= share * lowering;
        }
        return Unwanted.any(unwanted)
                ? new NegativeFigures(0, before, kept / left, 0, 0)
                : new NegativeFigures(0, 0, 0, lowered + Math.log(left), 1);
    }

    NegativeFigures and(NegativeFigures other) {
        return new NegativeFigures(
                answers + other.answers,
                before + other.before,
                after + other.after,
                divergence + other.divergence,
                elsewhere + other.elsewhere);
    }

    /** Unwanted mass an answer, before. */
    double massBefore() {
        return before / Math.max(1, answers);
    }

    /** Unwanted mass an answer, after. */
    double massAfter() {
        return after / Math.max(1, answers);
    }

    /** Nats a step, where nothing is unwanted. */
    double divergenceElsewhere() {
        return divergence / Math.max(1, elsewhere);
    }
}
