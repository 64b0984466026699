package dev.trimtab.upstream;

import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.token.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Cuts answers into the upstream's tokens, by the configured tokenizer or else by the server's own.
 *
 * @param tokenizer the upstream's, or null
 * @param vocabulary the upstream's, or null
 */
record AnswerTokens(
        ServerTokens server,
        @Nullable Tokenizer tokenizer,
        @Nullable Vocabulary vocabulary) {
    /** The tokens of a text with ids and bytes, or none where they do not spell it. */
    Mono<List<Token>> of(String text) {
        Mono<List<Token>> tokens = tokenizer == null
                ? server.pieces(text)
                        .map(pieces -> pieces.stream().map(this::token).toList())
                : Mono.fromSupplier(() -> IntStream.of(tokenizer.encode(text))
                        .mapToObj(this::token)
                        .toList());
        return tokens.map(told -> spell(told, text) ? told : List.of());
    }

    private Token token(int id) {
        Vocabulary known = vocabulary;
        return new Token(id, known == null || id >= known.size() ? new byte[0] : known.bytes(id));
    }

    /** Of an id alone, or of an id with its text or, where that is no text, its bytes. */
    private Token token(JsonNode told) {
        JsonNode piece = told.path("piece");
        if (piece.isString()) {
            return new Token(told.path("id").asInt(), piece.asString().getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = new byte[piece.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) piece.path(i).asInt();
        }
        return told.isInt() ? token(told.asInt()) : new Token(told.path("id").asInt(), bytes);
    }

    private static boolean spell(List<Token> tokens, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(token.bytes()));
        return tokens.stream().noneMatch(Token::isEnd)
                && Arrays.equals(bytes.toByteArray(), text.getBytes(StandardCharsets.UTF_8));
    }
}
