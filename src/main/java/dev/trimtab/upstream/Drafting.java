package dev.trimtab.upstream;

/**
 * How far drafts may run. Where an upstream stops, and stops billing, as soon as a stream is closed, a draft may run until
 * it is cut; where it goes on, what it was asked for is billed, and a draft is better bounded.
 *
 * @param length what bounds a draft
 * @param tokens of a {@link Length#FIXED} one, ≥ 1
 * @param callCost what one more call costs, in tokens of a draft, ≥ 0: the prompt that is read again, the round trip
 */
public record Drafting(Length length, int tokens, int callCost) {
    public static final Drafting STREAMED = new Drafting(Length.STREAMED, 16, 16);

    public enum Length {
        /** Nothing but the answer's end. */
        STREAMED,
        /** Always the same number of tokens. */
        FIXED,
        /** As many tokens as pay, learned from how far a policy's drafts have stood. */
        ADAPTIVE
    }

    public Drafting {
        if (tokens < 1) {
            throw new IllegalArgumentException("drafts.tokens: " + tokens + " (expected: at least 1)");
        }
        if (callCost < 0) {
            throw new IllegalArgumentException("drafts.call-cost: " + callCost + " (expected: at least 0)");
        }
    }
}
