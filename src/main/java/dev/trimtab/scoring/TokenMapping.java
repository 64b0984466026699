package dev.trimtab.scoring;

import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.token.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** Maps the upstream's tokens to a scorer's own, by their bytes. */
final class TokenMapping {
    private final Tokenizer tokenizer;
    private final int end;

    /**
     * @param end the scorer's id for the end of an answer
     */
    TokenMapping(Tokenizer tokenizer, int end) {
        this.tokenizer = tokenizer;
        this.end = end;
    }

    /** The scorer's id of a token, or −1 where it has none. */
    int id(Token token) {
        return token.isEnd() ? end : tokenizer.vocabulary().idOf(token.bytes());
    }

    int[] prompt(Prompt prompt, PromptTemplate template) {
        if (prompt instanceof Prompt.Chat chat) {
            List<PromptTemplate.Part> parts = chat.turns().stream()
                    .map(turn -> new PromptTemplate.Part(turn.role(), turn.content()))
                    .toList();
            return template.render(parts, tokenizer);
        }
        int[] ids = tokenizer.encode(((Prompt.Text) prompt).text());
        return ids.length == 0 ? new int[] {end} : ids;
    }

    /** The scorer's ids of an answer's tokens: one each, or where one has no counterpart, its text tokenised anew. */
    int[] answer(List<Token> tokens) {
        int[] ids = tokens.stream().mapToInt(this::id).toArray();
        if (IntStream.of(ids).allMatch(id -> id >= 0)) {
            return ids;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(token.bytes()));
        return tokenizer.encode(bytes.toString(StandardCharsets.UTF_8));
    }
}
