package dev.trimtab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.trimtab.training.ScorerLesson.ScoredCandidates;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lessons side by side: b sequences of the longest one's length, n steps of the most candidates, k, in all.
 *
 * @param ids int64 [b, length], filled up with 0 behind a shorter sequence
 * @param at int64 [n], which position of b·length a step is scored behind
 * @param candidates int64 [n, k], filled up with 0
 * @param biases int64 [n, k], their places in the pushed bias
 * @param logprobs [n, k], shown, nats; far below 0 where filled up
 * @param logRest [n, 1], nats
 * @param unseen [n, e], how much of the background q of the rest is each entry's of the pushed bias
 * @param gold [n, k + 1], 1 at the drawn token's outcome
 * @param goldOfRest [n], nats, 0 where the drawn token is in S
 * @param goldBias int64 [n], its place in the pushed bias; that of the 0 where the drawn token is in S
 * @param negative [n, k + 1], 1 at unwanted tokens
 * @param negativeStep [n], 1 where any of S is unwanted
 */
record ScorerBatch(
        NDArray ids,
        NDArray at,
        NDArray candidates,
        NDArray biases,
        NDArray logprobs,
        NDArray logRest,
        NDArray unseen,
        NDArray gold,
        NDArray goldOfRest,
        NDArray goldBias,
        NDArray negative,
        NDArray negativeStep) {

    /**
     * A batch.
     *
     * @param shares how much of the background q is each entry's of the pushed bias, the last the 0's
     */
    static ScorerBatch of(List<ScorerLesson> lessons, float[] shares, NDManager manager) {
        return new Filling(lessons, shares).batch(manager);
    }

    /** How many steps there are. */
    long size() {
        return at.size();
    }

    /** A batch as it is filled. */
    private static final class Filling {
        private final List<ScorerLesson> lessons;
        private final int n;
        private final int k;
        private final int length;
        private final int[] ids;
        private final int[] at;
        private final int[] candidates;
        private final int[] biases;
        private final float[] logprobs;
        private final float[] logRest;
        private final float[] shares;
        private final float[] unseen;
        private final float[] gold;
        private final float[] goldOfRest;
        private final int[] goldBias;
        private final float[] negative;
        private final float[] negativeStep;

        Filling(List<ScorerLesson> lessons, float[] shares) {
            int zero = shares.length - 1;
            this.lessons = lessons;
            this.shares = shares;
            this.n = lessons.stream().mapToInt(lesson -> lesson.steps().size()).sum();
            this.k = lessons.stream()
                    .flatMap(lesson -> lesson.steps().stream())
                    .mapToInt(step -> step.ids().length)
                    .reduce(1, Math::max);
            this.length =
                    lessons.stream().mapToInt(lesson -> lesson.ids().length).reduce(1, Math::max);
            this.ids = new int[lessons.size() * length];
            this.at = new int[n];
            this.candidates = new int[n * k];
            this.biases = IntStream.generate(() -> zero).limit((long) n * k).toArray();
            this.logprobs = new float[n * k];
            Arrays.fill(logprobs, ServedLaw.NEVER);
            this.logRest = new float[n];
            this.unseen = new float[n * shares.length];
            this.gold = new float[n * (k + 1)];
            this.goldOfRest = new float[n];
            this.goldBias = IntStream.generate(() -> zero).limit(n).toArray();
            this.negative = new float[n * (k + 1)];
            this.negativeStep = new float[n];
        }

        ScorerBatch batch(NDManager manager) {
            int row = 0;
            for (int i = 0; i < lessons.size(); i++) {
                ScorerLesson lesson = lessons.get(i);
                System.arraycopy(lesson.ids(), 0, ids, i * length, lesson.ids().length);
                for (int j = 0; j < lesson.steps().size(); j++) {
                    at[row] = i * length + lesson.at()[j];
                    fill(row++, lesson.steps().get(j));
                }
            }
            return new ScorerBatch(
                    Numbers.longs(manager, ids, lessons.size(), length),
                    Numbers.longs(manager, at, n),
                    Numbers.longs(manager, candidates, n, k),
                    Numbers.longs(manager, biases, n, k),
                    Numbers.floats(manager, logprobs, n, k),
                    Numbers.floats(manager, logRest, n, 1),
                    Numbers.floats(manager, unseen, n, shares.length),
                    Numbers.floats(manager, gold, n, k + 1),
                    Numbers.floats(manager, goldOfRest, n),
                    Numbers.longs(manager, goldBias, n),
                    Numbers.floats(manager, negative, n, k + 1),
                    Numbers.floats(manager, negativeStep, n));
        }

        private void fill(int row, ScoredCandidates step) {
            for (int j = 0; j < step.ids().length; j++) {
                candidates[row * k + j] = step.ids()[j];
                biases[row * k + j] = step.biases()[j];
                logprobs[row * k + j] = step.logprobs()[j];
                negative[row * (k + 1) + j] = step.negative()[j] ? 1 : 0;
            }
            logRest[row] = (float) step.logRest();
            for (int e = 0; e < shares.length; e++) {
                unseen[row * shares.length + e] = (float) (shares[e] / step.hidden());
            }
            for (int place : step.biases()) {
                unseen[row * shares.length + place] = 0;
            }
            gold[row * (k + 1) + (step.gold() < 0 ? k : step.gold())] = 1;
            negativeStep[row] = step.anyNegative() ? 1 : 0;
            if (step.gold() < 0) {
                goldOfRest[row] = (float) step.goldOfRest();
                goldBias[row] = step.goldBias();
            }
        }
    }
}
