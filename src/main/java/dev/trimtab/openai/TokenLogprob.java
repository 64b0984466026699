package dev.trimtab.openai;

import java.util.List;

/**
 * One record of an answer's log-probabilities.
 *
 * @param token display text
 * @param bytes the token's bytes; those of the display text where the record gives none
 * @param id the token's id, or −1 where the record gives none
 * @param logprob nats; −9999 where the token is not in the top list
 * @param top the top list, empty for a member of one
 */
public record TokenLogprob(String token, byte[] bytes, int id, double logprob, List<TokenLogprob> top) {}
