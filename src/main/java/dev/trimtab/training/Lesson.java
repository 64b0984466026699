package dev.trimtab.training;

import dev.trimtab.scoring.Prompt;
import dev.trimtab.token.Step;
import java.util.List;

/**
 * One example under the law that the upstream shows.
 *
 * @param prompt what was asked, as a scorer reads it
 * @param steps one for each token of the wanted answer and one for its end: the token as the one drawn, its log-probability
 *     (NaN where it is not shown), and the candidates that the upstream shows behind the tokens before it, at temperature 1
 *     and without bias
 */
record Lesson(Prompt prompt, List<Step> steps) {}
