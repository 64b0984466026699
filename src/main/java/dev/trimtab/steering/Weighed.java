package dev.trimtab.steering;

import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.Step;
import dev.trimtab.token.StepLaw;

/**
 * A step with everything that was considered in deciding it.
 *
 * @param index zero-based index of the token in the choice
 */
record Weighed(int index, Step step, ScoredStep scored, StepLaw law) {}
