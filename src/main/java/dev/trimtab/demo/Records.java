package dev.trimtab.demo;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.ShownLaw;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes draws as log-probability records, each with its id and true bytes.
 *
 * @param top how many candidates a record has, ≥ 0
 */
record Records(Vocabulary vocabulary, ShownLaw shown, int top) {
    TokenLogprob of(Draw draw) {
        Law law = draw.shown(shown);
        List<TokenLogprob> candidates = Arrays.stream(law.heaviest(top))
                .mapToObj(id -> entry(id, law, List.of()))
                .toList();
        return entry(draw.id(), law, candidates);
    }

    private TokenLogprob entry(int id, Law law, List<TokenLogprob> candidates) {
        byte[] bytes = vocabulary.bytes(id);
        return new TokenLogprob(new String(bytes, StandardCharsets.UTF_8), bytes, id, law.logprob(id), candidates);
    }
}
