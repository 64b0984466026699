package dev.trimtab.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What another JVM's heap holds after a full collection, asked of the JDK's {@code jcmd}. */
final class LiveHeap {
    private static final String JCMD =
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

    private LiveHeap() {}

    /** The least of some collections in a row, in bytes: what waits for a reference to be cleared goes with the next. */
    static double least(long pid, int collections) throws IOException {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < collections; i++) {
            least = Math.min(least, once(pid));
        }
        return least;
    }

    /** Collects and counts at the same moment, so that no allocation comes between. */
    static double once(long pid) throws IOException {
        Process histogram = new ProcessBuilder(JCMD, Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (histogram.waitFor() != 0) {
                throw new IOException(said);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        return total(said);
    }

    /** The bytes of all classes, from the last line, {@code Total INSTANCES BYTES}. */
    static double total(String histogram) {
        String[] last = histogram.strip().replaceFirst("(?s).*\n", "").split("\\s+");
        if (last.length != 3 || !last[0].equals("Total")) {
            throw new IllegalStateException("a histogram that ends with " + String.join(" ", last)
                    + " (expected: Total, a number of objects, and of bytes)");
        }
        return Double.parseDouble(last[2]);
    }
}
