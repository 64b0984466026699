package dev.trimtab.upstream;

import dev.trimtab.token.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Shown steps in a file, by key: one line an answer, a checksum before it. Lines are only added, each under the file's lock
 * and behind a line break, so that programs may add to one file at a time, and whatever ends one of them costs at most the
 * line that it was writing. A line that is not whole is as if it had never been written; of others only the places are held
 * in memory.
 */
final class ShownFile implements AutoCloseable {
    static final int KEY_DIGITS = 32;

    private static final int SUM_DIGITS = 8;
    private static final int HEAD = SUM_DIGITS + KEY_DIGITS;
    /** A file's lock keeps other programs out, but threads of this one must not ask for it at a time. */
    private static final Object TURN = new Object();

    private final FileChannel file;
    private final Map<String, Place> known = new HashMap<>();

    private record Place(long start, int length) {}

    /**
     * Opens a file, or a new one.
     *
     * @throws IOException where it cannot be read and written
     */
    ShownFile(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        this.file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            index(lines);
        } catch (IOException unreadable) {
            file.close();
            throw unreadable;
        }
    }

    private void index(BufferedReader lines) throws IOException {
        long start = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.length() > HEAD) {
                known.put(line.substring(SUM_DIGITS, HEAD), new Place(start, line.length()));
            }
            start += line.length() + 1;
        }
    }

    /**
     * What is known of a key, or null.
     *
     * @throws UncheckedIOException where it cannot be read
     */
    synchronized @Nullable List<Step> find(String key) {
        Place place = known.get(key);
        if (place == null) {
            return null;
        }
        String line = line(place);
        String summed = line.substring(SUM_DIGITS);
        return line.startsWith(sum(summed)) ? StepsJson.read(line.substring(HEAD)) : null;
    }

    private String line(Place place) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(place.length());
            while (bytes.hasRemaining() && file.read(bytes, place.start() + bytes.position()) >= 0) {
                // as much as there is
            }
            return new String(bytes.array(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Keeps what was shown.
     *
     * @param key of {@link #KEY_DIGITS} letters or digits
     * @throws UncheckedIOException where it cannot be written
     */
    synchronized void keep(String key, List<Step> steps) {
        String summed = key + StepsJson.write(steps);
        byte[] line = ("\n" + sum(summed) + summed).getBytes(StandardCharsets.ISO_8859_1);
        try {
            known.put(key, new Place(add(line) + 1, line.length - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns where it was added. */
    private long add(byte[] line) throws IOException {
        synchronized (TURN) {
            FileLock ours = file.lock();
            try {
                long end = file.size();
                ByteBuffer bytes = ByteBuffer.wrap(line);
                while (bytes.hasRemaining()) {
                    file.write(bytes, end + bytes.position());
                }
                return end;
            } finally {
                ours.release();
            }
        }
    }

    private static String sum(String summed) {
        CRC32 crc = new CRC32();
        crc.update(summed.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
