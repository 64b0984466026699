package dev.trimtab.scoring;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.scoring.Session.ContextExceededException;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One answer's reading by a reweighting model: a window is one run that feeds only what the cache lacks. */
final class PluginSession implements Session {
    private final Scorer scorer;
    private final TokenMapping mapping;
    private final int[] prompt;
    private final CachedSequence sequence;
    private final int context;
    private final Scheduler scheduler;
    private final ScoringMeters meters;
    private int[] read = new int[0];
    private boolean closed;

    PluginSession(
            Scorer scorer,
            TokenMapping mapping,
            int[] prompt,
            CachedSequence sequence,
            int context,
            Scheduler scheduler,
            ScoringMeters meters) {
        this.scorer = scorer;
        this.mapping = mapping;
        this.prompt = prompt;
        this.sequence = sequence;
        this.context = context;
        this.scheduler = scheduler;
        this.meters = meters;
    }

    @Override
    public Mono<double[][]> score(Window window) {
        return Mono.fromCallable(() -> meters.timed(() -> run(window))).subscribeOn(scheduler);
    }

    /** Synchronised so that closing waits for a run: the model's memory must not go away under it. */
    private synchronized double[][] run(Window window) {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        boolean aligned = window.steps().stream().allMatch(step -> mapping.id(step.drawn()) >= 0);
        return aligned || window.steps().size() == 1 ? oneRun(window) : stepByStep(window);
    }

    /** A drawn token that the scorer does not have takes another number of positions: its window is read in pieces. */
    private double[][] stepByStep(Window window) {
        List<Token> prefix = new ArrayList<>(window.prefix());
        double[][] scores = new double[window.steps().size()][];
        for (int i = 0; i < scores.length; i++) {
            Step step = window.steps().get(i);
            scores[i] = oneRun(new Window(List.copyOf(prefix), List.of(step)))[0];
            prefix.add(step.drawn());
        }
        return scores;
    }

    private double[][] oneRun(Window window) {
        int steps = window.steps().size();
        List<Token> answer = new ArrayList<>(window.prefix());
        window.steps().subList(0, steps - 1).forEach(step -> answer.add(step.drawn()));
        int[] wanted = concatenated(prompt, mapping.answer(answer));
        if (wanted.length > context) {
            throw new ContextExceededException(wanted.length, context);
        }
        int[][] scored = new int[steps][];
        for (int i = 0; i < steps; i++) {
            scored[i] = ids(window.steps().get(i).candidates());
        }
        float[][] raw = read(wanted, scored);
        double[][] scores = new double[steps][];
        for (int i = 0; i < steps; i++) {
            scores[i] = scores(window.steps().get(i), scored[i], raw[i]);
        }
        return scores;
    }

    /** Feeds the model what it has not read of the wanted sequence and returns the scores at its last positions. */
    private float[][] read(int[] wanted, int[][] scored) {
        int first = wanted.length - scored.length;
        int common = Math.min(commonPrefix(read, wanted), first);
        sequence.truncate(common);
        int[] fresh = Arrays.copyOfRange(wanted, common, wanted.length);
        int[][] candidates = new int[fresh.length][0];
        for (int i = 0; i < scored.length; i++) {
            candidates[first - common + i] =
                    IntStream.of(scored[i]).map(id -> Math.max(0, id)).toArray();
        }
        read = new int[0];
        float[][] all = sequence.scores(fresh, candidates);
        read = wanted;
        return Arrays.copyOfRange(all, first - common, fresh.length);
    }

    private int[] ids(Candidates candidates) {
        return IntStream.range(0, candidates.size())
                .map(i -> mapping.id(candidates.token(i)))
                .toArray();
    }

    private double[] scores(Step step, int[] ids, float[] raw) {
        double[] scores = new double[step.candidates().size()];
        for (int i = 0; i < scores.length; i++) {
            if (ids[i] < 0) {
                meters.unmapped();
                scores[i] = UNKNOWN;
            } else {
                scores[i] = scorer.onlyLowers() ? Math.min(0, raw[i]) : raw[i];
            }
        }
        return scores;
    }

    private static int commonPrefix(int[] one, int[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length : mismatch;
    }

    private static int[] concatenated(int[] head, int[] tail) {
        int[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }

    /** Frees the cache; where a run is under way, behind it and without waiting for it. */
    @Override
    public void close() {
        try {
            scheduler.schedule(this::free);
        } catch (RejectedExecutionException stopping) {
            free();
        }
    }

    private synchronized void free() {
        if (!closed) {
            closed = true;
            sequence.close();
        }
    }
}
