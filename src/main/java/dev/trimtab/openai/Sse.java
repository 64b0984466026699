package dev.trimtab.openai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes server-sent events as the real API does: {@code data: } with the space, one line, an empty line. */
public final class Sse {
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] DONE = ascii("[DONE]");
    private static final byte[] END = ascii("\n\n");

    private Sse() {}

    /** An event with a JSON payload, which has no line breaks. */
    public static byte[] data(byte[] json) {
        ByteArrayOutputStream event = new ByteArrayOutputStream(json.length + 8);
        event.writeBytes(DATA);
        event.writeBytes(json);
        event.writeBytes(END);
        return event.toByteArray();
    }

    /** The event that ends a stream. */
    public static byte[] done() {
        return data(DONE);
    }

    /** A comment that keeps a connection alive. */
    public static byte[] ping() {
        return ascii(": ping\n\n");
    }

    /** Whether an event's data is the one that ends a stream. */
    public static boolean isDone(byte[] data) {
        return Arrays.equals(data, DONE);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
