package dev.trimtab.token;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes text of an answer's token bytes: holds back incomplete UTF-8 and whatever may yet turn out to be a stop string,
 * and cuts before the stop string that completes first. The result does not depend on how the bytes are chunked.
 *
 * @param <R> what is known of each token
 */
public final class TextAssembly<R> {
    private final byte[][] stops;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final Deque<Pending<R>> records = new ArrayDeque<>();
    private long added;
    private long released;
    private boolean stopped;

    private record Pending<R>(long start, long end, R record) {}

    /**
     * Text that may be sent.
     *
     * @param text whole characters, possibly none
     * @param records one per token that ends in this text
     */
    public record Piece<R>(String text, List<R> records) {}

    public TextAssembly(List<String> stops) {
        this.stops = stops.stream()
                .filter(stop -> !stop.isEmpty())
                .map(stop -> stop.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /** True once a stop string has completed: nothing may be added any more. */
    public boolean stopped() {
        return stopped;
    }

    /** Adds a token and returns what may be sent now. */
    public Piece<R> add(byte[] bytes, @Nullable R record) {
        if (record != null) {
            records.add(new Pending<>(added, added + bytes.length, record));
        }
        added += bytes.length;
        held.writeBytes(bytes);
        byte[] all = held.toByteArray();
        int cut = stopCut(all);
        if (cut >= 0) {
            stopped = true;
            return release(all, cut);
        }
        return release(all, Utf8.wholeCharacters(all, all.length - longestStopPrefix(all)));
    }

    /** Returns everything that is still held; an incomplete character becomes U+FFFD. */
    public Piece<R> finish() {
        byte[] rest = stopped ? new byte[0] : held.toByteArray();
        return release(rest, rest.length);
    }

    private Piece<R> release(byte[] all, int count) {
        held.reset();
        held.write(all, count, all.length - count);
        released += count;
        List<R> done = new ArrayList<>();
        while (!records.isEmpty() && isDone(records.peekFirst())) {
            done.add(records.removeFirst().record());
        }
        return new Piece<>(new String(all, 0, count, StandardCharsets.UTF_8), done);
    }

    private boolean isDone(Pending<R> pending) {
        return stopped ? pending.start() < released : pending.end() <= released;
    }

    /** Where the text ends if a stop string is complete: of those that complete first, the one that starts first. */
    private int stopCut(byte[] all) {
        int cut = -1;
        int end = Integer.MAX_VALUE;
        for (byte[] stop : stops) {
            int start = indexOf(all, stop);
            if (start >= 0 && (start + stop.length < end || (start + stop.length == end && start < cut))) {
                cut = start;
                end = start + stop.length;
            }
        }
        return cut;
    }

    private int longestStopPrefix(byte[] all) {
        int longest = 0;
        for (byte[] stop : stops) {
            for (int length = Math.min(stop.length - 1, all.length); length > longest; length--) {
                if (Arrays.equals(all, all.length - length, all.length, stop, 0, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private static int indexOf(byte[] text, byte[] sought) {
        for (int i = 0; i + sought.length <= text.length; i++) {
            if (Arrays.equals(text, i, i + sought.length, sought, 0, sought.length)) {
                return i;
            }
        }
        return -1;
    }
}
