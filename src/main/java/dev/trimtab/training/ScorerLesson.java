package dev.trimtab.training;

import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A lesson in a scorer's own tokens. What follows a drawn token that its tokenizer does not have, or does not fit its
 * context, is left out. A step that shows nothing is read and not scored, as {@link ShownLaws} leaves it out.
 *
 * @param ids what it reads: the prompt and all tokens drawn before the last step
 * @param at the position behind which each step is scored
 * @param steps those that show something
 */
record ScorerLesson(int[] ids, int[] at, List<ScoredCandidates> steps) {
    /** The least mass that tokens that are not shown are taken to have: what is shown is rounded. */
    private static final double LEAST = 1e-9;

    /**
     * One step: S is what the scorer's tokenizer has of the shown candidates that are not forbidden, what is not shown
     * belongs to the rest.
     *
     * @param ids of S in the scorer's tokens
     * @param logprobs nats, shown
     * @param biases places of S's entries in the pushed bias
     * @param negative whether each of S is unwanted
     * @param logRest the whole rest's log-probability, nats
     * @param hidden how much of the background q is the rest's, > 0
     * @param gold the drawn token's place in S, or −1 where it belongs to the rest
     * @param goldBias place of its entry in the pushed bias
     * @param goldOfRest its log-probability given the rest, nats, where it belongs to that; else 0
     */
    record ScoredCandidates(
            int[] ids,
            float[] logprobs,
            int[] biases,
            boolean[] negative,
            double logRest,
            double hidden,
            int gold,
            int goldBias,
            double goldOfRest) {
        boolean anyNegative() {
            for (boolean one : negative) {
                if (one) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Reads lessons in a scorer's tokens.
     *
     * @param laws of all lessons
     */
    record Reader(Tokenizer tokenizer, PromptTemplate template, BiasEntries bias, ShownLaws laws, int context) {
        /**
         * A lesson.
         *
         * @param negative for each step whether each shown candidate is unwanted, or null where none is
         */
        ScorerLesson read(Lesson lesson, boolean @Nullable [][] negative) {
            int[] prompt = ReadText.prompt(lesson.prompt(), tokenizer, template);
            int fits = Math.max(0, context - prompt.length + 1);
            List<Step> all = lesson.steps();
            List<ScoredCandidates> steps = new ArrayList<>();
            int[] ids = Arrays.copyOf(prompt, prompt.length + all.size());
            int[] at = new int[all.size()];
            int last = prompt.length - 1;
            for (int i = 0; i < Math.min(fits, all.size()) && ids[last + i] >= 0; i++) {
                Step step = all.get(i);
                if (!step.candidates().isEmpty()) {
                    at[steps.size()] = last + i;
                    steps.add(candidates(step, negative == null ? null : negative[i]));
                }
                ids[prompt.length + i] = id(step.drawn());
            }
            int read = steps.isEmpty() ? prompt.length : at[steps.size() - 1] + 1;
            return new ScorerLesson(Arrays.copyOf(ids, read), Arrays.copyOf(at, steps.size()), steps);
        }

        private int id(Token token) {
            return token.isEnd()
                    ? template.end(tokenizer)
                    : tokenizer.vocabulary().idOf(token.bytes());
        }

        private double forbidden(Candidates shown) {
            return IntStream.range(0, shown.size())
                    .filter(i -> bias.forbids(shown.token(i)))
                    .mapToDouble(i -> Math.exp(shown.logprob(i)))
                    .sum();
        }

        private ScoredCandidates candidates(Step step, boolean @Nullable [] unwanted) {
            Candidates shown = step.candidates();
            int[] kept = IntStream.range(0, shown.size())
                    .filter(i -> id(shown.token(i)) >= 0 && !bias.forbids(shown.token(i)))
                    .toArray();
            double rest = 1 - forbidden(shown);
            int[] ids = new int[kept.length];
            float[] logprobs = new float[kept.length];
            int[] biases = new int[kept.length];
            boolean[] negative = new boolean[kept.length];
            int gold = -1;
            for (int i = 0; i < kept.length; i++) {
                Token token = shown.token(kept[i]);
                ids[i] = id(token);
                logprobs[i] = (float) shown.logprob(kept[i]);
                biases[i] = bias.place(token);
                negative[i] = unwanted != null && unwanted[kept[i]];
                rest -= Math.exp(logprobs[i]);
                gold = token.equals(step.drawn()) ? i : gold;
            }
            double logRest = Math.log(Math.max(LEAST, rest));
            double hidden =
                    laws.hidden(IntStream.of(kept).mapToObj(shown::token).toList());
            double ofRest = Double.isFinite(step.logprob())
                    ? step.logprob() - logRest
                    : Math.log(Math.max(LEAST, laws.share(step.drawn())) / hidden);
            return new ScoredCandidates(
                    ids,
                    logprobs,
                    biases,
                    negative,
                    logRest,
                    hidden,
                    gold,
                    bias.place(step.drawn()),
                    gold < 0 ? Math.min(0, ofRest) : 0);
        }
    }
}
