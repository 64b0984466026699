package dev.trimtab.evaluation;

import java.util.List;

/**
 * One contender's raw figures, each list with one entry per input.
 *
 * @param outside outputs for the prompts outside the aim, possibly none
 */
record Measured(Contender contender, List<Likelihood> likelihoods, List<Output> outputs, List<Output> outside) {}
