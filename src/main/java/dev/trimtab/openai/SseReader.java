package dev.trimtab.openai;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads server-sent events (WHATWG) from bytes that arrive in any pieces: lines end in CR, LF or CRLF, several data lines
 * are joined by LF, comments and other fields are ignored. One reader reads one stream.
 */
public final class SseReader {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private boolean hasData;
    private boolean afterCr;

    /** Adds bytes and returns the data of the events that they complete. */
    public List<byte[]> feed(byte[] bytes) {
        List<byte[]> events = new ArrayList<>();
        for (byte one : bytes) {
            boolean secondHalf = afterCr && one == '\n';
            afterCr = one == '\r';
            if (secondHalf) {
                continue;
            }
            if (one == '\n' || one == '\r') {
                endLine(events);
            } else {
                line.write(one);
            }
        }
        return events;
    }

    private void endLine(List<byte[]> events) {
        byte[] text = line.toByteArray();
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
