package dev.trimtab.scoring;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A scorer whose scores are a function of the token alone; it can be made to fail from a step on. */
public final class FixedScorer implements Scorer {
    private final ToDoubleFunction<Token> scores;
    private final boolean zeroIsRest;
    private boolean reads;
    private int failsAtStep = Integer.MAX_VALUE;

    public FixedScorer(ToDoubleFunction<Token> scores) {
        this(scores, false);
    }

    public FixedScorer(ToDoubleFunction<Token> scores, boolean zeroIsRest) {
        this.scores = scores;
        this.zeroIsRest = zeroIsRest;
    }

    /** Fails for every window whose prefix has at least so many tokens. */
    public FixedScorer failingAt(int step) {
        failsAtStep = step;
        return this;
    }

    /** Reads a text as tokens that end in a space. */
    public FixedScorer reading() {
        reads = true;
        return this;
    }

    @Override
    public @Nullable List<Token> tokens(String text) {
        return reads
                ? Arrays.stream(text.split("(?<= )"))
                        .filter(word -> !word.isEmpty())
                        .map(Token::of)
                        .toList()
                : null;
    }

    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public boolean zeroIsRest() {
        return zeroIsRest;
    }

    @Override
    public boolean onlyLowers() {
        return false;
    }

    @Override
    public Accelerator accelerator() {
        return Accelerator.CPU;
    }

    @Override
    public Session open(Prompt prompt) {
        return new Session() {
            @Override
            public Mono<double[][]> score(Window window) {
                if (window.prefix().size() >= failsAtStep) {
                    return Mono.error(new IllegalStateException("told to fail"));
                }
                return Mono.fromSupplier(() ->
                        window.steps().stream().map(FixedScorer.this::scores).toArray(double[][]::new));
            }

            @Override
            public void close() {}
        };
    }

    private double[] scores(Step step) {
        double[] values = new double[step.candidates().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = scores.applyAsDouble(step.candidates().token(i));
        }
        return values;
    }

    @Override
    public void close() {}
}
