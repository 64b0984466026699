package dev.trimtab.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What it costs how far drafts run: calls, tokens that the upstream writes and bills, and time. */
public final class DraftingBench {
    private static final String GENERATED = "trimtab_demo_generated_tokens_total";
    private static final int STILL_MILLIS = 500;

    private final Table table = new Table(
            "a stream that is cut",
            "changed",
            "drafts",
            "calls an answer",
            "discarded",
            "billed per token",
            "an answer takes");
    private final Question question;
    private final Consumer<String> progress;

    /**
     * One way to draft.
     *
     * @param name what the table calls it
     * @param gateway without a path, with a demo of its own
     */
    public record Way(String name, URI gateway) {}

    /** @param tokens of every answer */
    public DraftingBench(int tokens, Consumer<String> progress) {
        this.question = new Question(tokens);
        this.progress = progress;
    }

    /**
     * Asks by turns in every way, and adds a row for each.
     *
     * @param upstream what the table says of it
     * @param policies what they change, each served as {@code drafted-NAME}
     * @param answers of each way; as many are asked for before, to learn from
     */
    public void measure(String upstream, List<Way> ways, List<String> policies, int answers) throws IOException {
        for (String policy : policies) {
            progress.accept("drafting, " + upstream + ": policy " + policy);
            ask(ways, policy, answers);
            List<Double> before = generated(ways);
            List<List<TimedAnswer>> rows = ask(ways, policy, answers);
            List<Double> after = generated(ways);
            for (int i = 0; i < ways.size(); i++) {
                row(upstream, ways.get(i).name(), rows.get(i), after.get(i) - before.get(i));
            }
        }
    }

    private List<List<TimedAnswer>> ask(List<Way> ways, String policy, int answers) throws IOException {
        List<List<TimedAnswer>> rows = new ArrayList<>();
        ways.forEach(way -> rows.add(new ArrayList<>()));
        for (int answer = 0; answer < answers; answer++) {
            for (int i = 0; i < ways.size(); i++) {
                rows.get(i).add(question.askUnseeded(ways.get(i).gateway().resolve("/v1"), "drafted-" + policy));
            }
        }
        return rows;
    }

    /** Tokens written so far in each way, once nothing is written any more. */
    private static List<Double> generated(List<Way> ways) throws IOException {
        List<Double> all = new ArrayList<>();
        for (Way way : ways) {
            double last = -1;
            double now = Meters.of(way.gateway()).sum(GENERATED);
            while (now != last) {
                await();
                last = now;
                now = Meters.of(way.gateway()).sum(GENERATED);
            }
            all.add(now);
        }
        return all;
    }

    private static void await() throws IOException {
        try {
            Thread.sleep(STILL_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private void row(String upstream, String way, List<TimedAnswer> answers, double billed) {
        double emitted = TimedAnswer.sum(answers, TimedAnswer::emitted);
        table.row(
                upstream,
                Table.number("%.1f %%", 100 * TimedAnswer.sum(answers, TimedAnswer::replaced) / emitted),
                way,
                Table.number("%.1f", TimedAnswer.sum(answers, TimedAnswer::calls) / answers.size()),
                Table.number(
                        "%.1f %%",
                        100
                                * TimedAnswer.sum(answers, TimedAnswer::discarded)
                                / TimedAnswer.sum(answers, TimedAnswer::drafted)),
                Table.number("%.2f", billed / emitted),
                Table.number(
                        "%.0f ms",
                        Medians.of(
                                answers.stream().mapToDouble(TimedAnswer::whole).toArray())));
    }

    /** Everything that was measured. */
    public String markdown() {
        return table.markdown();
    }
}
