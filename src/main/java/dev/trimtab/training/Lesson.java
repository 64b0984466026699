package dev.trimtab.training;

import dev.trimtab.scoring.Prompt;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One example under the law that the upstream shows.
 *
 * @param prompt what was asked, as a scorer reads it
 * @param steps one for each token of the wanted answer and one for its end: the token as the one drawn, its log-probability
 *     (NaN where it is not shown), and the candidates that the upstream shows behind the tokens before it, at temperature 1
 *     and without bias
 */
record Lesson(Prompt prompt, List<Step> steps) {
    /**
     * Lessons as they are steered.
     *
     * @param ends whether ends are: where an upstream does not always tell them none is drawn, and shown ones belong to what
     *     is not shown
     */
    static List<Lesson> steered(List<Lesson> lessons, boolean ends) {
        return ends ? lessons : lessons.stream().map(Lesson::withoutEnds).toList();
    }

    private Lesson withoutEnds() {
        return new Lesson(prompt, steps.stream().map(Lesson::withoutEnds).toList());
    }

    private static Step withoutEnds(Step step) {
        Candidates shown = step.candidates();
        int[] kept = IntStream.range(0, shown.size())
                .filter(i -> !shown.token(i).isEnd())
                .toArray();
        Token[] tokens = IntStream.of(kept).mapToObj(shown::token).toArray(Token[]::new);
        double[] logprobs = IntStream.of(kept).mapToDouble(shown::logprob).toArray();
        return new Step(step.drawn(), step.logprob(), new Candidates(tokens, logprobs));
    }
}
