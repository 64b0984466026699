package dev.trimtab.token;

/**
 * One drafted token as the upstream shows it.
 *
 * @param drawn the token that the upstream drew
 * @param logprob nats, the shown log-probability of the drawn token, or NaN where none is shown
 * @param candidates the top list; empty where the step shows none
 */
public record Step(Token drawn, double logprob, Candidates candidates) {}
