package dev.trimtab.scoring;

import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.List;

/**
 * Consecutive drafted steps to be scored in one run.
 *
 * @param prefix the answer's tokens before the first step, in order
 * @param steps one or more steps; each is read as if the tokens drawn before it in the window stood
 */
public record Window(List<Token> prefix, List<Step> steps) {}
