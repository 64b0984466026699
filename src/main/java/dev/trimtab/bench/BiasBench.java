package dev.trimtab.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What it saves to push a context-free bias to the upstream: the same law by {@code logit_bias} and by decisions here. */
public final class BiasBench {
    private static final int TOKENS = 64;
    private static final int READ = 8;

    private final Table table = new Table(
            "bias",
            "pushed",
            "tokens an answer",
            "calls an answer",
            "drafts that did not stand",
            "drafted (billed) per token",
            "discarded",
            "an answer takes",
            "ms a token");
    private final Question question = Question.ofNaturalLength(TOKENS);
    private final Consumer<String> progress;

    /**
     * Where to ask.
     *
     * @param pushing the gateway that pushes, up to and including the version
     * @param deciding the one in front of the same upstream that does not
     */
    public record Gateways(URI pushing, URI deciding) {}

    public BiasBench(Consumer<String> progress) {
        this.progress = progress;
    }

    /**
     * The ids of the tokens that an upstream writes most, the most frequent first.
     *
     * @param upstream up to and including the version; it tells token ids
     */
    public List<Integer> frequent(URI upstream, String model) throws IOException {
        FrequentTokens tokens = new FrequentTokens();
        for (int seed = 0; seed < READ; seed++) {
            tokens.add(question.withLogprobs(upstream, model, seed));
        }
        return tokens.ids();
    }

    /** Asks by turns under each policy, and adds two rows for each. */
    public void measure(Gateways gateways, List<String> policies, int answers) throws IOException {
        List<List<TimedAnswer>> rows = new ArrayList<>();
        policies.forEach(policy -> rows.addAll(List.of(new ArrayList<>(), new ArrayList<>())));
        for (int seed = -1; seed < answers; seed++) {
            progress.accept("bias: " + (seed < 0 ? "warming up" : "answer " + (seed + 1) + " of " + answers));
            for (int i = 0; i < policies.size(); i++) {
                TimedAnswer pushed = question.ask(gateways.pushing(), policies.get(i), seed);
                TimedAnswer decided = question.ask(gateways.deciding(), policies.get(i), seed);
                if (seed >= 0) {
                    rows.get(2 * i).add(pushed);
                    rows.get(2 * i + 1).add(decided);
                }
            }
        }
        for (int i = 0; i < policies.size(); i++) {
            row(policies.get(i), "yes", rows.get(2 * i));
            row(policies.get(i), "no", rows.get(2 * i + 1));
        }
    }

    private void row(String policy, String pushed, List<TimedAnswer> answers) {
        double emitted = TimedAnswer.sum(answers, TimedAnswer::emitted);
        double drafted = TimedAnswer.sum(answers, TimedAnswer::drafted);
        double suppressed =
                TimedAnswer.sum(answers, TimedAnswer::replaced) + TimedAnswer.sum(answers, TimedAnswer::askedAgain);
        double decided = suppressed + TimedAnswer.sum(answers, TimedAnswer::kept);
        table.row(
                policy,
                pushed,
                Table.number("%.1f", emitted / answers.size()),
                Table.number("%.1f", TimedAnswer.sum(answers, TimedAnswer::calls) / answers.size()),
                Table.number("%.1f %%", 100 * suppressed / decided),
                Table.number("%.2f", drafted / emitted),
                Table.number("%.1f %%", 100 * TimedAnswer.sum(answers, TimedAnswer::discarded) / drafted),
                Table.number("%.0f ms", TimedAnswer.sum(answers, TimedAnswer::whole) / answers.size()),
                Table.number("%.1f", TimedAnswer.sum(answers, TimedAnswer::whole) / emitted));
    }

    /** Everything that was measured. */
    public String markdown() {
        return table.markdown();
    }
}
