package dev.trimtab.policy;

/**
 * What one answer may cost; beyond it the answer goes on unsteered or fails, as the failure mode says.
 *
 * @param calls upstream calls, ≥ 1
 * @param replacements replaced tokens, ≥ 0
 */
public record Limits(int calls, int replacements) {
    static final Limits DEFAULT = new Limits(64, 64);
}
