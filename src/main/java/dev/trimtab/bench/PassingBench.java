package dev.trimtab.bench;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** What a server adds to a request that it only passes on. Nothing but the servers differs: they are asked in turns. */
public final class PassingBench implements AutoCloseable {
    private static final int MANY = 16;

    private final Load load = new Load();
    private final List<Server> servers;
    private final Consumer<String> progress;
    private final Map<Canned, List<Figures>> figures = new HashMap<>();

    /**
     * Somebody to ask.
     *
     * @param url without a path
     */
    public record Server(String name, URI url, long pid) {}

    /**
     * How long the phases last.
     *
     * @param warmUp before anything counts, for each server and kind of answer
     * @param turn of one server at a time, on one connection and again on many
     */
    public record Times(Duration warmUp, Duration turn, int rounds) {
        /** Warm enough for a just-in-time compiler, and in turns so short that a busy neighbour slows all. */
        public static Times of(int rounds) {
            return new Times(Duration.ofSeconds(15), Duration.ofMillis(400), 4 * rounds);
        }
    }

    /** What was measured of one server: answers on one connection, and on many. */
    private record Figures(Samples one, Samples many) {
        Figures and(Figures later) {
            return new Figures(one.and(later.one), many.and(later.many));
        }
    }

    /** @param servers the upstream itself, the bare proxy, and whatever else is to be compared with it */
    public PassingBench(List<Server> servers, Consumer<String> progress) {
        this.servers = List.copyOf(servers);
        this.progress = progress;
    }

    /** Measures for a while and tells the table. */
    public String run(Times times) {
        for (Canned canned : List.of(Canned.WHOLE, Canned.STREAM)) {
            for (Server server : servers) {
                progress.accept("warming up: " + server.name() + ", " + canned.label());
                load.run(server.url(), canned, MANY, times.warmUp());
            }
        }
        for (int round = 1; round <= times.rounds(); round++) {
            for (Canned canned : List.of(Canned.WHOLE, Canned.STREAM)) {
                progress.accept("passing, round " + round + " of " + times.rounds() + ": " + canned.label());
                add(canned, turns(canned, times.turn()));
            }
        }
        return markdown();
    }

    private List<Figures> turns(Canned canned, Duration turn) {
        List<Figures> round = new ArrayList<>();
        for (Server server : servers) {
            round.add(new Figures(load.run(server.url(), canned, 1, turn), load.run(server.url(), canned, MANY, turn)));
        }
        return round;
    }

    private void add(Canned canned, List<Figures> round) {
        List<Figures> before = figures.get(canned);
        List<Figures> sum = new ArrayList<>();
        for (int i = 0; i < round.size(); i++) {
            sum.add(before == null ? round.get(i) : before.get(i).and(round.get(i)));
        }
        figures.put(canned, sum);
    }

    private String markdown() {
        Table table = new Table(
                "",
                "whole answer: p50",
                "added",
                "requests/s",
                "64-chunk stream: p50",
                "added",
                "requests/s",
                "resident memory");
        for (int i = 0; i < servers.size(); i++) {
            List<String> row = new ArrayList<>();
            row.add(servers.get(i).name());
            row.addAll(cells(figures.getOrDefault(Canned.WHOLE, List.of()), i));
            row.addAll(cells(figures.getOrDefault(Canned.STREAM, List.of()), i));
            row.add(ResidentMemory.of(servers.get(i).pid()));
            table.row(row.toArray(String[]::new));
        }
        return table.markdown();
    }

    /** The first server adds nothing; from the third on everything is told as a multiple of the second's, too. */
    private static List<String> cells(List<Figures> all, int i) {
        double direct = all.get(0).one().medianMillis();
        double floor = all.get(1).one().medianMillis() - direct;
        double p50 = all.get(i).one().medianMillis();
        double rate = all.get(i).many().perSecond();
        String added = i == 0 ? "" : format("%.2f ms", p50 - direct);
        String timesFloor = i < 2 ? "" : format(" (%.1f×)", (p50 - direct) / floor);
        String ofFloor =
                i < 2 ? "" : format(" (%.2f×)", rate / all.get(1).many().perSecond());
        return List.of(format("%.2f ms", p50), added + timesFloor, format("%,.0f", rate) + ofFloor);
    }

    private static String format(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }

    @Override
    public void close() {
        load.close();
    }
}
