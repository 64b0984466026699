package dev.trimtab.demo;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes draws as log-probability records, each with its id and true bytes.
 *
 * @param top how many candidates a record has, ≥ 0
 */
record Records(Vocabulary vocabulary, DemoSettings settings, int top) {
    /** What OpenAI gives a drawn token that is not among the candidates. */
    private static final double NOT_LISTED = -9999;

    /** @param bytes the record's, which may be those of several tokens */
    TokenLogprob of(Draw draw, byte[] bytes) {
        Law law = draw.shown(settings.shown());
        int[] listed = law.heaviest(top);
        List<TokenLogprob> candidates = Arrays.stream(listed)
                .mapToObj(id -> entry(id, vocabulary.bytes(id), law.logprob(id), List.of()))
                .toList();
        boolean shown = settings.quirks().unlisted() || Arrays.stream(listed).anyMatch(id -> id == draw.id());
        double logprob = Math.max(NOT_LISTED, law.logprob(draw.id()));
        return entry(draw.id(), bytes, shown ? logprob : NOT_LISTED, candidates);
    }

    /** The record of a prompt's first token, of which nothing can be said. */
    TokenLogprob first(int id) {
        return entry(id, vocabulary.bytes(id), NOT_LISTED, List.of());
    }

    /** True where a character of several tokens is one record. */
    boolean merges() {
        return settings.quirks().merges();
    }

    private TokenLogprob entry(int id, byte[] bytes, double logprob, List<TokenLogprob> candidates) {
        int shownId = settings.quirks().tokenIds() ? id : Token.NO_ID;
        return new TokenLogprob(new String(bytes, StandardCharsets.UTF_8), bytes, shownId, logprob, candidates);
    }
}
