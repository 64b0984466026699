package dev.trimtab.upstream;

import dev.trimtab.openai.Json;
import dev.trimtab.openai.TokenLogprob;

/** Writes what came back into a sentence. */
final class Quoted {
    private Quoted() {}

    static String text(String text) {
        return Json.mapper().writeValueAsString(text);
    }

    static String token(TokenLogprob token) {
        return token.bytes().length == 0 ? "the end" : text(token.token());
    }
}
