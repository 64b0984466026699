package dev.trimtab.training;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One way of training, tried on every split.
 *
 * @param passes how many did best over all splits together
 * @param before held-out lessons of all splits under the first weights
 * @param after the same after so many passes
 * @param weights of the last split's best pass
 * @param pushed the pushed bias with them
 */
record ScorerTrial(
        GridPoint point,
        int passes,
        Figures before,
        Figures after,
        TransformerWeights weights,
        float[] pushed,
        long updated) {
    private static final int PATIENCE = 3;

    /** Lessons to learn from and those held out. */
    record Split(List<ScorerLesson> lessons, List<ScorerLesson> held) {}

    /**
     * Where a training begins.
     *
     * @param pushed the pushed bias's entries and a last 0
     * @param shares how much of what a step does not show is each entry's, q, and a last 0
     */
    record Start(TransformerWeights weights, float[] pushed, float[] shares) {
        static Start withoutBias(TransformerWeights weights) {
            return new Start(weights, new float[1], new float[1]);
        }
    }

    double cost(double price) {
        return after.cost(price);
    }

    /** Trains side by side on all splits until the held-out lessons of all have not got better for a while. */
    static ScorerTrial run(
            ScorerSettings settings, Start start, List<Split> splits, GridPoint point, Consumer<String> said) {
        List<ScorerTraining> trainings = splits.stream()
                .map(split -> new ScorerTraining(settings, start, split.lessons(), point))
                .toList();
        try {
            ScorerTraining last = trainings.get(trainings.size() - 1);
            Figures before = measured(trainings, splits, true);
            ScorerTrial best =
                    new ScorerTrial(point, 0, before, before, start.weights(), start.pushed(), last.updated());
            for (int pass = 1; pass <= settings.epochs() && pass <= best.passes() + PATIENCE; pass++) {
                trainings.forEach(ScorerTraining::pass);
                Figures after = measured(trainings, splits, false);
                if (after.cost(settings.price()) < best.cost(settings.price())) {
                    best = new ScorerTrial(point, pass, before, after, last.weights(), last.pushed(), last.updated());
                }
                said.accept(String.format(
                        Locale.ROOT,
                        "scorer: rate %s, decay %s, pass %d: %.4f nats/token held out, suppressed mass %.3f",
                        point.rate(),
                        point.decay(),
                        pass,
                        after.lossPerToken(),
                        after.suppressedMass()));
            }
            return best;
        } finally {
            trainings.forEach(ScorerTraining::close);
        }
    }

    private static Figures measured(List<ScorerTraining> trainings, List<Split> splits, boolean atStart) {
        Figures all = Figures.NONE;
        for (int i = 0; i < splits.size(); i++) {
            List<ScorerLesson> held = splits.get(i).held();
            all = all.and(
                    atStart
                            ? trainings.get(i).measuredAtStart(held)
                            : trainings.get(i).measured(held));
        }
        return all;
    }
}
