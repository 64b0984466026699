package dev.trimtab.scoring;

import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Scores the steps of one answer, one window at a time.
 *
 * <p>Pure: the scores depend on the prompt and the window alone, whatever was asked before; caches only save work.
 * Order-preserving: the i-th score belongs to the i-th candidate. Never blocks the caller: work happens on subscription,
 * off the event loop. Confined to one answer: a window is asked for after the one before has answered or was cancelled.
 */
public interface Session extends AutoCloseable {
    /** The score of a candidate that the scorer does not know; it belongs to the rest. */
    double UNKNOWN = Double.NaN;

    /**
     * Scores a window.
     *
     * @return one array per step of the window, one score per candidate in the candidates' order: finite, −∞ (forbidden)
     *     or {@link #UNKNOWN}; an error signal where the model fails, a {@link ContextExceededException} where the
     *     prefix has outgrown it
     */
    Mono<double[][]> score(Window window);

    @Override
    void close();

    /** The answer has outgrown a scorer's context: its further steps are unsteered. */
    public static final class ContextExceededException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public ContextExceededException(int tokens, int context) {
            super("tokens: " + tokens + " (expected: at most " + context + ", the scorer's context)");
        }
    }

    /**
     * Consecutive drafted steps to be scored in one run.
     *
     * @param prefix the answer's tokens before the first step, in order
     * @param steps one or more steps; each is read as if the tokens drawn before it in the window stood
     */
    public record Window(List<Token> prefix, List<Step> steps) {}
}
