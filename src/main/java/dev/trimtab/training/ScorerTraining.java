package dev.trimtab.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One training of a scorer's weights on lessons, pass by pass. */
final class ScorerTraining implements AutoCloseable {
    private static final int BATCH = 16;
    private static final int BATCH_MEASURED = 64;
    private static final int WARM_UP = 20;
    private static final double BIAS_RATE = 10;

    private final ScorerSettings settings;
    private final ScorerWeights weights;
    private final ScorerWeights start;
    private final AdamW optimizer = new AdamW();
    private final List<ScorerLesson> lessons;
    private final float[] shares;
    private final double rate;
    private final Random random;
    private final long updated;
    private int steps;

    /**
     * @param point learning rate and decay
     */
    ScorerTraining(ScorerSettings settings, ScorerTrial.Start first, List<ScorerLesson> lessons, GridPoint point) {
        this.settings = settings;
        this.lessons =
                lessons.stream().filter(lesson -> !lesson.steps().isEmpty()).toList();
        this.shares = first.shares();
        this.rate = point.rate();
        this.random = new Random(settings.seed());
        this.weights = new ScorerWeights(first, settings.update(), settings.movesBias(), settings.seed());
        this.start = new ScorerWeights(first, Update.NONE, false, 0);
        Map<String, float[]> masks = new HashMap<>();
        if (settings.update().part() == Update.Part.MASK) {
            masks.putAll(masks(settings.update().amount()));
        }
        masks.put(ScorerWeights.PUSHED, allButLast(shares.length));
        this.updated = updated(masks);
        Map<String, NDArray> arrays = GradientMask.arrays(masks, weights.trained(), weights.manager());
        weights.trained()
                .forEach((name, array) ->
                        optimizer.add(name, array, arrays.get(name), faster(name), point.decay() / faster(name)));
    }

    /** What is the same at every step is learnt from all of them. */
    private static double faster(String name) {
        return name.equals(TransformerWeights.HEAD_BIAS) || name.equals(ScorerWeights.PUSHED) ? BIAS_RATE : 1;
    }

    private static float[] allButLast(int length) {
        float[] mask = new float[length];
        Arrays.fill(mask, 0, length - 1, 1);
        return mask;
    }

    private long updated(Map<String, float[]> masks) {
        long count = 0;
        for (Map.Entry<String, NDArray> one : weights.trained().entrySet()) {
            float[] mask = masks.get(one.getKey());
            count += mask == null ? one.getValue().size() : chosen(mask);
        }
        return count;
    }

    private static long chosen(float[] mask) {
        long count = 0;
        for (float one : mask) {
            count += one > 0 ? 1 : 0;
        }
        return count;
    }

    private Map<String, float[]> masks(double share) {
        GradientMask mask = new GradientMask();
        for (List<ScorerLesson> batch : batches()) {
            try (NDManager owner = weights.manager().newSubManager()) {
                backward(batch, owner);
                mask.add(weights.trained());
            }
        }
        return mask.largest(share);
    }

    /** How many numbers are trained. */
    long updated() {
        return updated;
    }

    /** A copy of the weights as they are. */
    TransformerWeights weights() {
        return weights.copy();
    }

    /** A copy of the pushed bias as it is. */
    float[] pushed() {
        return weights.copyOfPushed();
    }

    /** One pass over the lessons in a new order. */
    void pass() {
        for (List<ScorerLesson> batch : batches()) {
            try (NDManager owner = weights.manager().newSubManager()) {
                backward(batch, owner);
                steps++;
                optimizer.step(rate * Math.min(1, (double) steps / WARM_UP), owner);
            }
        }
    }

    private void backward(List<ScorerLesson> batch, NDManager owner) {
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(objective(batch, owner));
        }
    }

    /** Lessons of like lengths side by side, the batches in random order. */
    private List<List<ScorerLesson>> batches() {
        List<ScorerLesson> shuffled = new ArrayList<>(lessons);
        Collections.shuffle(shuffled, random);
        shuffled.sort(Comparator.comparingInt(lesson -> lesson.ids().length / BATCH));
        List<List<ScorerLesson>> batches = new ArrayList<>(split(shuffled, BATCH));
        Collections.shuffle(batches, random);
        return batches;
    }

    private static List<List<ScorerLesson>> split(List<ScorerLesson> lessons, int size) {
        List<List<ScorerLesson>> parts = new ArrayList<>();
        for (int i = 0; i < lessons.size(); i += size) {
            parts.add(lessons.subList(i, Math.min(lessons.size(), i + size)));
        }
        return parts;
    }

    private ServedLaw law(ScorerWeights under, ScorerBatch batch, NDManager owner) {
        Transformer transformer = under.transformer(owner);
        NDArray raw = transformer.scores(transformer.last(batch.ids()), batch.at(), batch.candidates());
        return ServedLaw.of(
                batch.logprobs().add(under.pushed(batch.biases())),
                batch.logRest().add(under.pushedRest(batch)),
                raw,
                settings.effect());
    }

    /** Nats of each step [n]. */
    private NDArray loss(ScorerWeights under, ServedLaw law, ScorerBatch batch) {
        if (settings.negative() != null) {
            return settings.negative().of(law, batch, settings.alpha());
        }
        NDArray outcome = batch.gold().mul(law.logTarget()).sum(new int[] {1});
        NDArray ofRest = batch.gold().get(":, -1:").mul(under.pushedRest(batch)).squeeze(1);
        return outcome.add(batch.goldOfRest())
                .add(under.pushed(batch.goldBias()))
                .sub(ofRest)
                .neg();
    }

    private NDArray objective(List<ScorerLesson> part, NDManager owner) {
        ScorerBatch batch = ScorerBatch.of(part, shares, owner);
        ServedLaw law = law(weights, batch, owner);
        NDArray cost = loss(weights, law, batch);
        if (settings.price() > 0) {
            cost = cost.add(law.suppressed().mul(settings.price()));
        }
        if (settings.nearness() > 0) {
            NDArray before = law(start, batch, owner).logTarget();
            NDArray divergence = before.exp().mul(before.sub(law.logTarget())).sum(new int[] {1});
            cost = cost.add(divergence.mul(settings.nearness()));
        }
        return cost.mean();
    }

    /** How well lessons are said by the weights as they are. */
    Figures measured(List<ScorerLesson> held) {
        return measured(weights, held);
    }

    /** How well they are said by the first weights. */
    Figures measuredAtStart(List<ScorerLesson> held) {
        return measured(start, held);
    }

    private Figures measured(ScorerWeights under, List<ScorerLesson> held) {
        Figures figures = Figures.NONE;
        for (List<ScorerLesson> part : split(held, BATCH_MEASURED)) {
            try (NDManager owner = weights.manager().newSubManager()) {
                ScorerBatch batch = ScorerBatch.of(part, shares, owner);
                ServedLaw law = law(under, batch, owner);
                float[] losses = loss(under, law, batch).toFloatArray();
                figures = figures.and(perLesson(part, losses, law.suppressed().toFloatArray()));
            }
        }
        return figures;
    }

    private static Figures perLesson(List<ScorerLesson> lessons, float[] losses, float[] suppressed) {
        int n = lessons.size();
        Figures figures = new Figures(new double[n], new double[n], new int[n]);
        int row = 0;
        for (int i = 0; i < n; i++) {
            figures.tokens()[i] = lessons.get(i).steps().size();
            for (int j = 0; j < figures.tokens()[i]; j++) {
                figures.loss()[i] += losses[row];
                figures.suppressed()[i] += suppressed[row++];
            }
        }
        return figures;
    }

    @Override
    public void close() {
        weights.close();
        start.close();
    }
}
