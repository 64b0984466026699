package dev.trimtab.token;

/**
 * The upstream's top list of one step, most likely first: k distinct tokens and the log-probability shown for each, in
 * nats, finite and ≤ 0. The arrays are shared, not copied.
 */
public final class Candidates {
    /** The list of a step that shows nothing. */
    public static final Candidates NONE = new Candidates(new Token[0], new double[0]);

    private final Token[] tokens;
    private final double[] logprobs;

    public Candidates(Token[] tokens, double[] logprobs) {
        if (tokens.length != logprobs.length) {
            throw new IllegalArgumentException("logprobs: " + logprobs.length + " (expected: " + tokens.length + ")");
        }
        this.tokens = tokens;
        this.logprobs = logprobs;
    }

    public int size() {
        return tokens.length;
    }

    public boolean isEmpty() {
        return tokens.length == 0;
    }

    public Token token(int index) {
        return tokens[index];
    }

    /** Nats, ≤ 0. */
    public double logprob(int index) {
        return logprobs[index];
    }

    /** The place of a token, or −1 where it is not shown. */
    public int indexOf(Token token) {
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i].equals(token)) {
                return i;
            }
        }
        return -1;
    }
}
