package dev.trimtab.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Whether a gateway that answers many clients for a long time holds on to what it should let go. */
public final class SoakBench {
    private static final double LARGEST_GROWTH = 0.01;
    private static final int PARTS = 30;
    private static final int PARTS_A_COLLECTION = 5;

    private final URI server;
    private final long pid;
    private final Consumer<String> progress;
    private final Table table = new Table("", "start", "end", "growth per hour");
    private final List<String> unmet = new ArrayList<>();
    private final List<LineFit.Point> underLoad = new ArrayList<>();

    /**
     * How long it takes.
     *
     * @param warmUp under the same load, before the start is measured
     * @param silence before each measurement, longer than idle connections are kept
     * @param load between them
     */
    public record Times(Duration warmUp, Duration silence, Duration load) {}

    /**
     * @param server the gateway, without a path; it serves the demo, brand-voice and no-prices
     * @param pid its process
     */
    public SoakBench(URI server, long pid, Consumer<String> progress) {
        this.server = server;
        this.pid = pid;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param clients at once
     * @return whether nothing was held on to and every request was answered
     */
    public boolean run(int clients, Times times) throws IOException {
        progress.accept("soak: warming up");
        SoakLoad warmUp = new SoakLoad(server, clients);
        sleep(times.warmUp());
        warmUp.end();
        Footprint start = quiet(times.silence());
        SoakLoad load = new SoakLoad(server, clients);
        watch(load, times.load().dividedBy(PARTS));
        progress.accept("soak: waiting for the last answers");
        load.end();
        progress.accept("soak: " + load.told());
        expect("errors", load.failures(), 0);
        rows(start, quiet(times.silence()), times.load());
        return unmet.isEmpty();
    }

    private void watch(SoakLoad load, Duration part) throws IOException {
        long start = System.nanoTime();
        for (int i = 1; i <= PARTS; i++) {
            sleep(part.multipliedBy(i).minusNanos(System.nanoTime() - start));
            if (i % PARTS_A_COLLECTION == 0) {
                underLoad.add(new LineFit.Point((System.nanoTime() - start) / 3.6e12, LiveHeap.once(pid)));
            }
            progress.accept("soak: part " + i + " of " + PARTS + ": " + load.told() + ", " + ResidentMemory.of(pid));
        }
    }

    private Footprint quiet(Duration silence) throws IOException {
        progress.accept("soak: silence");
        sleep(silence);
        Footprint footprint = Footprint.of(server, pid);
        progress.accept("soak: " + footprint + ", " + ResidentMemory.of(pid));
        return footprint;
    }

    private static void sleep(Duration time) throws IOException {
        try {
            Thread.sleep(Math.max(0, time.toMillis()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private void rows(Footprint start, Footprint end, Duration load) {
        double hours = load.toMillis() / 3.6e6;
        count("open files", start.openFiles(), end.openFiles(), hours);
        count("TCP connections", start.connections(), end.connections(), hours);
        count("`trimtab_upstream_connections`", start.upstreamConnections(), end.upstreamConnections(), hours);
        count("`trimtab_requests_in_flight`", start.inFlight(), end.inFlight(), hours);
        double growth = (end.heap() - start.heap()) / hours / start.heap();
        table.row("heap after full collections, silent", bytes(start.heap()), bytes(end.heap()), percent(growth));
        if (!(growth < LARGEST_GROWTH)) {
            unmet.add("heap: " + percent(growth) + " an hour (expected: less than " + percent(LARGEST_GROWTH) + ")");
        }
        double first = underLoad.get(0).y();
        table.row(
                "heap after full collections, under load",
                bytes(first),
                bytes(underLoad.get(underLoad.size() - 1).y()),
                percent(LineFit.slope(underLoad) / first) + " (fit)");
    }

    private void count(String name, double start, double end, double hours) {
        table.row(
                name,
                Table.number("%.0f", start),
                Table.number("%.0f", end),
                Table.number("%+.0f", (end - start) / hours));
        expect(name, end, start);
    }

    private void expect(String name, double value, double most) {
        if (value > most) {
            unmet.add(name + Table.number(": %.0f", value) + Table.number(" (expected: at most %.0f)", most));
        }
    }

    private static String bytes(double bytes) {
        return Table.number("%.2f MiB", bytes / 1024 / 1024);
    }

    private static String percent(double part) {
        return Table.number("%+.2f %%", 100 * part);
    }

    /** What was measured, each collection under load, and whether it holds. */
    public String markdown() {
        String loaded = underLoad.stream().map(point -> bytes(point.y())).collect(Collectors.joining(", "));
        String verdict = unmet.isEmpty() ? "Met." : "Not met: " + String.join("; ", unmet) + ".";
        return table.markdown() + "\nUnder load: " + loaded + ".\n\n" + verdict + "\n";
    }
}
