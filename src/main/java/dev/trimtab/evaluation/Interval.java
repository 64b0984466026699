package dev.trimtab.evaluation;

/**
 * A figure with its 95 % interval.
 *
 * @param low the 2.5 % quantile over resampled inputs
 * @param high the 97.5 % quantile
 */
public record Interval(double value, double low, double high) {}
