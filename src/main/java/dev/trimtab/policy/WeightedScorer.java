package dev.trimtab.policy;

import dev.trimtab.scoring.Scorer;

/**
 * A scorer and what its scores are multiplied by.
 *
 * @param strength ≥ 0, finite; 0 removes the scorer
 */
public record WeightedScorer(Scorer scorer, double strength) {}
