package dev.trimtab.openai;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads server-sent events (WHATWG) from bytes that arrive in any pieces: lines end in CR, LF or CRLF, several data lines
 * are joined by LF, comments and other fields are ignored, and so is what follows the last empty line. One reader reads
 * one stream.
 */
public final class SseReader {
    private static final int DEFAULT_LIMIT = 16 << 20;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int limit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private boolean hasData;
    private boolean afterCr;
    private boolean atStart = true;

    public SseReader() {
        this(DEFAULT_LIMIT);
    }

    /**
     * A reader with a limit.
     *
     * @param limit how many bytes a line, and an event, may have
     */
    public SseReader(int limit) {
        this.limit = limit;
    }

    /** Adds bytes and returns the data of the events that they complete. */
    public List<byte[]> feed(byte[] bytes) {
        return feed(ByteBuffer.wrap(bytes));
    }

    /** Reads a buffer to its end and returns the data of the events that it completes. */
    public List<byte[]> feed(ByteBuffer bytes) {
        List<byte[]> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            feed(bytes.get(), events);
        }
        return events;
    }

    private void feed(byte one, List<byte[]> events) {
        boolean secondHalf = afterCr && one == '\n';
        afterCr = one == '\r';
        if (secondHalf) {
            return;
        }
        if (one == '\n' || one == '\r') {
            endLine(events);
        } else if (line.size() + data.size() < limit) {
            line.write(one);
        } else {
            throw new ApiException(
                    ErrorKind.UPSTREAM_FAILED, "event: over " + limit + " bytes (expected: at most " + limit + ")");
        }
    }

    private void endLine(List<byte[]> events) {
        byte[] text = withoutMark(line.toByteArray());
        line.reset();
        if (text.length == 0) {
            dispatch(events);
        } else if (isData(text)) {
            int start = Math.min(text.length, text.length > 5 && text[5] == ' ' ? 6 : 5);
            if (hasData) {
                data.write('\n');
            }
            hasData = true;
            data.write(text, start, text.length - start);
        }
    }

    private byte[] withoutMark(byte[] text) {
        int length = BYTE_ORDER_MARK.length;
        boolean marked = atStart && text.length >= length && Arrays.equals(text, 0, length, BYTE_ORDER_MARK, 0, length);
        atStart = false;
        return marked ? Arrays.copyOfRange(text, length, text.length) : text;
    }

    private void dispatch(List<byte[]> events) {
        if (hasData) {
            events.add(data.toByteArray());
        }
        data.reset();
        hasData = false;
    }

    private static boolean isData(byte[] text) {
        return text.length >= 4
                && text[0] == 'd'
                && text[1] == 'a'
                && text[2] == 't'
                && text[3] == 'a'
                && (text.length == 4 || text[4] == ':');
    }
}
