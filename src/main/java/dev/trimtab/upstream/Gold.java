package dev.trimtab.upstream;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is left of an answer that an upstream is led along. */
final class Gold {
    private final byte[] bytes;
    private final List<Token> tokens;
    private final Asked upstream;
    private int index;
    private int offset;

    /** @param tokens the answer's, or none where they are not known */
    Gold(String answer, List<Token> tokens, Asked upstream) {
        this.bytes = answer.getBytes(StandardCharsets.UTF_8);
        this.tokens = tokens;
        this.upstream = upstream;
    }

    boolean isOver() {
        return tokens.isEmpty() ? offset == bytes.length : index == tokens.size();
    }

    /** The most tokens that may be left. */
    int mostLeft() {
        return tokens.isEmpty() ? bytes.length - offset : tokens.size() - index;
    }

    /** The next token, where it is known and the upstream can be told of it. */
    @Nullable
    Token known() {
        boolean known = index < tokens.size() && tokens.get(index).id() != Token.NO_ID;
        return known ? tokens.get(index) : null;
    }

    /**
     * Takes the next token: where the tokens are not known the longest of those that a step shows, else one of the
     * vocabulary, else the bytes up to the next word.
     *
     * @param before the tokens taken so far
     */
    Token next(Step shown, List<Token> before) {
        Token next = tokens.isEmpty() ? follow(shown, before) : tokens.get(index);
        index++;
        offset += next.bytes().length;
        return next;
    }

    private Token follow(Step shown, List<Token> before) {
        Token longest = longest(shown);
        boolean cuts = !longest.equals(shown.drawn());
        if (longest.isEnd() || (cuts && upstream.capabilities().resumesByText() && !isWhole(before, longest))) {
            return piece();
        }
        return longest;
    }

    private Token longest(Step shown) {
        Token longest = goesOn(shown.drawn()) ? shown.drawn() : Token.END;
        Candidates candidates = shown.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            Token candidate = candidates.token(i);
            if (candidate.bytes().length > longest.bytes().length && goesOn(candidate)) {
                longest = candidate;
            }
        }
        return longest;
    }

    private boolean goesOn(Token token) {
        int end = offset + token.bytes().length;
        return end <= bytes.length && Arrays.equals(bytes, offset, end, token.bytes(), 0, token.bytes().length);
    }

    private static boolean isWhole(List<Token> before, Token last) {
        List<Token> all = new ArrayList<>(before);
        all.add(last);
        return Utf8.endsWhole(all);
    }

    /** What nothing shown goes on with: up to the next word, or a known token of that. */
    private Token piece() {
        int end = offset + 1;
        while (end < bytes.length && bytes[end] != ' ') {
            end++;
        }
        for (int shorter = end; shorter > offset && !upstream.capabilities().resumesByText(); shorter--) {
            byte[] token = Arrays.copyOfRange(bytes, offset, shorter);
            int id = upstream.idOf(token);
            if (id != Token.NO_ID) {
                return new Token(id, token);
            }
        }
        return new Token(Token.NO_ID, Arrays.copyOfRange(bytes, offset, end));
    }
}
