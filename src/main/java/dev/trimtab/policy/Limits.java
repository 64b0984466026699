package dev.trimtab.policy;

/**
 * What one answer may cost; beyond it the answer goes on unsteered or fails, as the failure mode says.
 *
 * @param calls upstream calls, ≥ 1
 * @param replacements replaced tokens, ≥ 0
 * @param drafts whole drafts that a resampled answer is drawn from, 1..128
 */
public record Limits(int calls, int replacements, int drafts) {
    /** The most choices of one call that the API knows. */
    static final int MOST_DRAFTS = 128;

    static final Limits DEFAULT = new Limits(64, 64, 8);
}
