package dev.trimtab.training;

import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/**
 * Fits a policy's scorer behind its preface and its pushed bias, whose entries go on moving with it.
 *
 * @param shownUnder the pushed bias under which the lessons were shown, nats by token
 * @param hidden what else is pushed, and not to be seen in the lessons
 * @param movesBias whether the entries may move
 * @param movesShares whether S may gain or lose against the rest
 * @param rounded an entry's nats as fine as the upstream takes them
 */
record PolicyScorer(
        List<Lesson> lessons,
        Map<Token, Double> shownUnder,
        Map<Token, Double> hidden,
        boolean movesBias,
        boolean movesShares,
        DoubleUnaryOperator rounded,
        ScorerOptions options,
        long seed) {
    private static final int PASSES = 40;

    /**
     * Fits at a price.
     *
     * @throws IOException where a file cannot be read
     */
    FittedScorer fit(double price, Consumer<String> said) throws IOException {
        Path tokenizer = Objects.requireNonNull(options.tokenizer());
        return ScorerFit.fit(
                new ScorerRequest(
                        lessons,
                        List.of(),
                        new Bias(start()),
                        tokenizer,
                        ScorerPrompts.template(options.template(), tokenizer),
                        options.begun(),
                        null,
                        settings(price)),
                said);
    }

    private ScorerSettings settings(double price) {
        boolean moves = movesBias && !start().isEmpty();
        return new ScorerSettings(
                options.layers(),
                options.width(),
                options.heads(),
                options.context(),
                Update.ALL,
                moves,
                movesShares,
                price,
                null,
                1,
                0,
                PASSES,
                seed);
    }

    /** What the lessons do not show of the bias: nothing yet of what they were shown under. */
    private Map<Token, Double> start() {
        Map<Token, Double> start = new LinkedHashMap<>(hidden);
        shownUnder.keySet().forEach(token -> start.put(token, 0.0));
        return start;
    }

    /** The pushed bias that the scorer serves with. */
    Map<Token, Double> bias(FittedScorer scorer) {
        Map<Token, Double> bias = new LinkedHashMap<>();
        scorer.bias().nats().forEach((token, nats) -> {
            double moved = shownUnder.getOrDefault(token, 0.0) + nats;
            bias.put(token, rounded.applyAsDouble(moved));
        });
        bias.values().removeIf(nats -> nats == 0);
        return bias;
    }
}
