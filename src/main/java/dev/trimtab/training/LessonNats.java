package dev.trimtab.training;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How unlikely the wanted answers of lessons are.
 *
 * @param nats −Σ log p of each lesson's steps
 * @param steps how many these are
 */
record LessonNats(double[] nats, int[] steps) {
    /** Of lessons as they were shown. */
    static LessonNats of(List<Lesson> lessons) {
        ShownLaws laws = new ShownLaws(lessons);
        return of(laws.under(new double[laws.size()]));
    }

    static LessonNats of(ShownLaws.Sums sums) {
        return new LessonNats(sums.nats(), sums.steps());
    }

    static LessonNats none(int lessons) {
        return new LessonNats(new double[lessons], new int[lessons]);
    }

    /** The lessons of both, each of which only one has seen. */
    LessonNats and(LessonNats other) {
        LessonNats both = none(nats.length);
        for (int i = 0; i < nats.length; i++) {
            both.nats[i] = nats[i] + other.nats[i];
            both.steps[i] = steps[i] + other.steps[i];
        }
        return both;
    }

    /** Nats a token. */
    double mean() {
        double sum = 0;
        long tokens = 0;
        for (int i = 0; i < nats.length; i++) {
            sum += nats[i];
            tokens += steps[i];
        }
        return tokens == 0 ? 0 : sum / tokens;
    }

    /** Whether the same lessons are likelier here by more than a standard error of their mean difference. */
    boolean pays(LessonNats other) {
        return pays(other, 1);
    }

    /** Whether the same lessons are likelier here by more than so many standard errors of their mean difference. */
    boolean pays(LessonNats other, double errors) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < nats.length; i++) {
            double gain = other.nats[i] - nats[i];
            sum += gain;
            squares += gain * gain;
        }
        double n = nats.length;
        double variance = Math.max(0, squares / n - sum / n * sum / n);
        return n > 1 && sum / n > errors * Math.sqrt(variance / (n - 1));
    }

    /** Some of these lessons. */
    LessonNats only(List<Integer> some) {
        return new LessonNats(
                some.stream().mapToDouble(i -> nats[i]).toArray(),
                some.stream().mapToInt(i -> steps[i]).toArray());
    }

    /** These lessons and others behind them. */
    LessonNats then(LessonNats others) {
        return new LessonNats(
                DoubleStream.concat(Arrays.stream(nats), Arrays.stream(others.nats))
                        .toArray(),
                IntStream.concat(Arrays.stream(steps), Arrays.stream(others.steps))
                        .toArray());
    }
}
