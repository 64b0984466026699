package dev.trimtab.demo;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns the bytes of tokens into text as they come. Held back are a character that is not whole yet and a tail that may
 * become a stop string; a stop string ends the text before itself.
 */
final class TextTail {
    private final List<String> stops;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final StringBuilder held = new StringBuilder();
    private ByteBuffer undecoded = ByteBuffer.allocate(0);
    private boolean stopped;

    TextTail(List<String> stops) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }

    /** Adds a token's bytes and returns the text that is certain by now, possibly none. */
    String add(byte[] bytes) {
        decode(bytes);
        int end = stops.stream()
                .mapToInt(held::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
        stopped = end >= 0;
        String certain = held.substring(0, stopped ? end : held.length() - undecided());
        held.delete(0, stopped ? held.length() : certain.length());
        return certain;
    }

    /** What was held back and is text after all, now that nothing follows; not what is left of a cut character. */
    String rest() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }

    /** True once a stop string was found. */
    boolean stopped() {
        return stopped;
    }

    private void decode(byte[] bytes) {
        ByteBuffer input = ByteBuffer.allocate(undecoded.remaining() + bytes.length)
                .put(undecoded)
                .put(bytes)
                .flip();
        CharBuffer output = CharBuffer.allocate(input.remaining());
        decoder.decode(input, output, false);
        held.append(output.flip());
        undecoded = input;
    }

    /** How many characters at the end are the beginning of a stop string. */
    private int undecided() {
        for (int start = 0; start < held.length(); start++) {
            String tail = held.substring(start);
            if (stops.stream().anyMatch(stop -> stop.startsWith(tail))) {
                return tail.length();
            }
        }
        return 0;
    }
}
