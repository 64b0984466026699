package dev.trimtab.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** What steering costs: the same question direct, unsteered, drafted and stepwise, in turns. */
public final class SteeringBench {
    private final Table table = new Table(
            "upstream",
            "changed",
            "calls: drafted, stepwise",
            "discarded",
            "direct",
            "unsteered",
            "drafted",
            "stepwise",
            "stepwise ÷ drafted",
            "first token: direct, unsteered, drafted, stepwise");
    private final Question question;
    private final int rounds;
    private final Consumer<String> progress;
    private int seed;

    private enum Way {
        DIRECT,
        UNSTEERED,
        DRAFTED,
        STEPWISE
    }

    /**
     * Where to ask.
     *
     * @param upstream what the table calls the upstream
     * @param direct its own address, up to and including the version
     * @param gateway the gateway's in front of it
     * @param policies what the policies change, each served as {@code drafted-NAME} and {@code stepwise-NAME}
     */
    public record Setting(String upstream, URI direct, URI gateway, List<String> policies) {}

    /**
     * @param tokens of every answer
     * @param rounds turns of every way
     */
    public SteeringBench(int tokens, int rounds, Consumer<String> progress) {
        this.question = new Question(tokens);
        this.rounds = rounds;
        this.progress = progress;
    }

    /** Measures one setting, a row a policy. */
    public void measure(Setting setting) throws IOException {
        progress.accept("steering, " + setting.upstream() + ": warming up");
        for (String policy : setting.policies()) {
            for (Way way : List.of(Way.DIRECT, Way.UNSTEERED, Way.DRAFTED)) {
                ask(setting, policy, way);
            }
        }
        List<Map<Way, List<TimedAnswer>>> rows = new ArrayList<>();
        setting.policies().forEach(policy -> rows.add(new EnumMap<>(Way.class)));
        for (int round = 1; round <= rounds; round++) {
            progress.accept("steering, " + setting.upstream() + ": round " + round + " of " + rounds);
            for (int i = 0; i < rows.size(); i++) {
                turn(setting, setting.policies().get(i), rows.get(i));
            }
        }
        rows.forEach(row -> row(setting, row));
    }

    private void turn(Setting setting, String policy, Map<Way, List<TimedAnswer>> row) throws IOException {
        for (Way way : Way.values()) {
            row.computeIfAbsent(way, first -> new ArrayList<>()).add(ask(setting, policy, way));
        }
        seed++;
    }

    private TimedAnswer ask(Setting setting, String policy, Way way) throws IOException {
        return switch (way) {
            case DIRECT -> question.ask(setting.direct(), "demo", seed);
            case UNSTEERED -> question.ask(setting.gateway(), "demo", seed);
            case DRAFTED -> question.ask(setting.gateway(), "drafted-" + policy, seed);
            case STEPWISE -> question.ask(setting.gateway(), "stepwise-" + policy, seed);
        };
    }

    private void row(Setting setting, Map<Way, List<TimedAnswer>> row) {
        double direct = median(row, Way.DIRECT, TimedAnswer::whole);
        double drafted = median(row, Way.DRAFTED, TimedAnswer::whole);
        double stepwise = median(row, Way.STEPWISE, TimedAnswer::whole);
        table.row(
                setting.upstream(),
                percent(row, TimedAnswer::replaced, TimedAnswer::emitted),
                Table.number("%.0f, ", mean(row, Way.DRAFTED, TimedAnswer::calls))
                        + Table.number("%.0f", mean(row, Way.STEPWISE, TimedAnswer::calls)),
                percent(row, TimedAnswer::discarded, TimedAnswer::drafted),
                Table.number("%.0f ms", direct),
                Table.number("%.2f×", median(row, Way.UNSTEERED, TimedAnswer::whole) / direct),
                Table.number("%.2f×", drafted / direct),
                Table.number("%.2f×", stepwise / direct),
                Table.number("%.1f×", stepwise / drafted),
                firstTokens(row));
    }

    private static String firstTokens(Map<Way, List<TimedAnswer>> row) {
        List<String> all = new ArrayList<>();
        for (Way way : Way.values()) {
            all.add(Table.number("%.0f", median(row, way, TimedAnswer::firstToken)));
        }
        return String.join(", ", all) + " ms";
    }

    private static double median(Map<Way, List<TimedAnswer>> row, Way way, ToDoubleFunction<TimedAnswer> what) {
        return Medians.of(answers(row, way).stream().mapToDouble(what).toArray());
    }

    private static double mean(Map<Way, List<TimedAnswer>> row, Way way, ToDoubleFunction<TimedAnswer> what) {
        return answers(row, way).stream().mapToDouble(what).average().orElse(0);
    }

    private static String percent(
            Map<Way, List<TimedAnswer>> row, ToDoubleFunction<TimedAnswer> part, ToDoubleFunction<TimedAnswer> whole) {
        return Table.number("%.1f %%", 100 * mean(row, Way.DRAFTED, part) / mean(row, Way.DRAFTED, whole));
    }

    private static List<TimedAnswer> answers(Map<Way, List<TimedAnswer>> row, Way way) {
        return row.getOrDefault(way, List.of());
    }

    /** Everything that was measured. */
    public String markdown() {
        return table.markdown();
    }
}
