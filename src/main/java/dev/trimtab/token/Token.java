package dev.trimtab.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A token of the upstream, known by its id where the upstream gives ids and else by its bytes; never by its display text.
 *
 * <p>The end of an answer is the token without bytes. Immutable by convention: the array is shared, not copied.
 */
public final class Token {
    /** The id of a token of an upstream that gives none. */
    public static final int NO_ID = -1;

    /** The end of an answer where the upstream does not show which token ended it. */
    public static final Token END = new Token(NO_ID, new byte[0]);

    private final int id;
    private final byte[] bytes;

    /**
     * @param id the upstream's id, ≥ 0, or {@link #NO_ID}
     * @param bytes what the token adds to the answer, possibly an incomplete UTF-8 character; empty for the end
     */
    public Token(int id, byte[] bytes) {
        this.id = id;
        this.bytes = bytes;
    }

    /** A token without id whose bytes are the UTF-8 form of a text. */
    public static Token of(String text) {
        return new Token(NO_ID, text.getBytes(StandardCharsets.UTF_8));
    }

    public int id() {
        return id;
    }

    public byte[] bytes() {
        return bytes;
    }

    public boolean isEnd() {
        return bytes.length == 0;
    }

    /** Ids decide where both tokens have one, bytes otherwise. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Token token
                && (bothHaveIds(token) ? id == token.id : Arrays.equals(bytes, token.bytes));
    }

    private boolean bothHaveIds(Token other) {
        return id != NO_ID && other.id != NO_ID;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Token[" + (id == NO_ID ? "" : id + " ") + HexFormat.of().formatHex(bytes) + "]";
    }
}
