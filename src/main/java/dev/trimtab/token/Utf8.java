package dev.trimtab.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Questions about UTF-8. */
public final class Utf8 {
    /** The most bytes of a character. */
    private static final int LONGEST = 4;

    private Utf8() {}

    /** The longest prefix of the first {@code length} bytes that does not end inside a character. */
    public static int wholeCharacters(byte[] bytes, int length) {
        for (int back = 1; back <= Math.min(3, length); back++) {
            int lead = bytes[length - back] & 0xff;
            if (lead >= 0xc0) {
                return characterLength(lead) > back ? length - back : length;
            }
            if (lead < 0x80) {
                return length;
            }
        }
        return length;
    }

    /** True where tokens end behind a whole character, or behind what can never become one. */
    public static boolean endsWhole(List<Token> tokens) {
        byte[] tail = new byte[0];
        for (int i = tokens.size() - 1; i >= 0 && tail.length < LONGEST; i--) {
            byte[] before = tokens.get(i).bytes();
            byte[] longer = Arrays.copyOf(before, before.length + tail.length);
            System.arraycopy(tail, 0, longer, before.length, tail.length);
            tail = longer;
        }
        return wholeCharacters(tail, tail.length) == tail.length;
    }

    private static int characterLength(int lead) {
        return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    }

    /** True where the bytes are whole characters. */
    public static boolean isWhole(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException incomplete) {
            return false;
        }
    }

    /** A token's text for display; an incomplete character becomes U+FFFD. */
    public static String text(Token token) {
        return new String(token.bytes(), StandardCharsets.UTF_8);
    }
}
