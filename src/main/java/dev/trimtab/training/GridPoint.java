package dev.trimtab.training;

/**
 * How fast a training learns.
 *
 * @param rate the optimizer's learning rate
 * @param decay share of the way back to the start per step and unit of the learning rate
 */
record GridPoint(double rate, double decay) {}
