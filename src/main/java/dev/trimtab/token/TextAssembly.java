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
 * and cuts before the stop string that completes first. The result does not depend on how the bytes are chunked. Places
 * are counted in bytes from the start of the answer.
 *
 * @param <R> what is known of each token
 */
public final class TextAssembly<R> {
    /** The answer to where the text is cut if nothing cuts it. */
    public static final long NOWHERE = -1;

    private final byte[][] stops;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final Deque<Pending<R>> records = new ArrayDeque<>();
    private long added;
    private long released;
    private long cut = NOWHERE;

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
        return cut != NOWHERE;
    }

    /** The place behind everything that was added. */
    public long end() {
        return added;
    }

    /** Where the text would be cut if a token were added, or {@link #NOWHERE}. */
    public long cutBy(byte[] bytes) {
        if (stops.length == 0) {
            return NOWHERE;
        }
        byte[] all = Arrays.copyOf(held.toByteArray(), held.size() + bytes.length);
        System.arraycopy(bytes, 0, all, held.size(), bytes.length);
        int place = stopCut(all);
        return place < 0 ? NOWHERE : released + place;
    }

    /** Adds a token and returns what may be sent now. */
    public Piece<R> add(byte[] bytes, @Nullable R record) {
        append(bytes, record);
        return release(added);
    }

    /** Adds a token. */
    public void append(byte[] bytes, @Nullable R record) {
        cut = cutBy(bytes);
        if (record != null) {
            records.add(new Pending<>(added, added + bytes.length, record));
        }
        added += bytes.length;
        held.writeBytes(bytes);
    }

    /** Takes back what was added from a place on, none of which was released. */
    public void takeBack(long place) {
        byte[] all = held.toByteArray();
        held.reset();
        held.write(all, 0, Math.toIntExact(place - released));
        records.removeIf(pending -> pending.start() >= place);
        added = place;
        cut = NOWHERE;
    }

    /**
     * Returns what may be sent now of the text before a place, whatever becomes of the text behind it; once the text is
     * cut, the rest of it.
     */
    public Piece<R> release(long place) {
        byte[] all = held.toByteArray();
        if (stopped()) {
            return release(all, Math.toIntExact(cut - released));
        }
        byte[] before = Arrays.copyOf(all, Math.toIntExact(Math.max(0, place - released)));
        return release(all, Utf8.wholeCharacters(before, before.length - longestStopPrefix(before)));
    }

    /** Returns everything that is still held; an incomplete character becomes U+FFFD. */
    public Piece<R> finish() {
        byte[] rest = stopped() ? new byte[0] : held.toByteArray();
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
        return stopped() ? pending.start() < released : pending.end() <= released;
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
