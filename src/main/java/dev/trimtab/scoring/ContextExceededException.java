package dev.trimtab.scoring;

/** The answer has outgrown a scorer's context: its further steps are unsteered. */
public final class ContextExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ContextExceededException(int tokens, int context) {
        super("tokens: " + tokens + " (expected: at most " + context + ", the scorer's context)");
    }
}
