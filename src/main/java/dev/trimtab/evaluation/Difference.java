package dev.trimtab.evaluation;

/**
 * A figure less the same of the unsteered upstream, on the same inputs.
 *
 * @param interval of the difference, inputs resampled in pairs
 * @param pValue two-sided, of a paired permutation test: how often a difference as great comes from swapping, at random,
 *     which of the two an input's figure belongs to
 */
public record Difference(Interval interval, double pValue) {}
