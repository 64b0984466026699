package dev.trimtab.upstream;

import dev.trimtab.openai.Json;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Truncation.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Questions about what an upstream draws from, answered by drawing the first token of a story again and again. What is
 * decided by chance is wrong with a probability of less than 1e-4; where that would take too many draws it stays unknown.
 */
final class SamplingQuestions {
    private static final String NOTHING_SHOWN = "No candidates are shown to compare draws with.";
    private static final double ERROR = 1e-4;
    private static final double HOT = 2;
    private static final int PLAIN = 16;
    private static final int LONG = 24;
    private static final int[] SEEDS = {21, 22, 23, 24};
    private static final double[] TEMPERATURES = {1, 0.8, 0.7, 0.6, 0.9, 0.5, 0.3, 0.2};
    private static final int MOST = 40;

    private final ProbeCalls calls;
    private final ShownStep step;
    private final List<TokenLogprob> plain = new ArrayList<>();
    private boolean seeded;
    private int seed = 100;

    /** @param step what is shown of the first token at temperature 1 */
    SamplingQuestions(ProbeCalls calls, ShownStep step) {
        this.calls = calls;
        this.step = step;
    }

    Seen<Boolean> seed() {
        List<String> texts = new ArrayList<>();
        for (int given : new int[] {11, 11, 12, 13}) {
            texts.add(calls.streamed(calls.chat(ProbeCalls.STORY, 8, HOT).put("seed", given))
                    .text());
        }
        boolean repeats = texts.get(0).equals(texts.get(1));
        boolean differs = Set.copyOf(texts).size() > 1;
        seeded = repeats && differs;
        if (repeats && !differs) {
            return Seen.unknown("Whatever the seed, the answer was the same.");
        }
        return new Seen<>(
                seeded,
                seeded
                        ? "A seed repeated 8 tokens at temperature 2, others did not."
                        : "A seed did not repeat 8 tokens.");
    }

    /**
     * The temperature that is used where none is stated: the one that, stated, brings the same seeded answers. Two that are
     * a tenth apart agree on so many draws with a probability of less than 1e-3.
     */
    Seen<Double> temperature() {
        if (!seeded) {
            return Seen.unknown("Without seeds answers cannot be compared.");
        }
        List<String> unstated = new ArrayList<>();
        for (int given : SEEDS) {
            ObjectNode body = calls.chat(ProbeCalls.STORY, LONG, 1).put("seed", given);
            body.remove("temperature");
            unstated.add(calls.streamed(body).text());
        }
        for (double stated : TEMPERATURES) {
            if (repeats(unstated, stated)) {
                return new Seen<>(
                        stated,
                        "Seeded answers of " + LONG + " tokens came out the same with " + stated
                                + " and nothing stated.");
            }
        }
        return Seen.unknown("No usual temperature brings the same seeded answers as none.");
    }

    private boolean repeats(List<String> unstated, double stated) {
        for (int i = 0; i < SEEDS.length; i++) {
            ObjectNode body = calls.chat(ProbeCalls.STORY, LONG, stated).put("seed", SEEDS[i]);
            if (!calls.streamed(body).text().equals(unstated.get(i))) {
                return false;
            }
        }
        return true;
    }

    Seen<Boolean> choices() {
        ProbeAnswer answer = calls.streamed(calls.chat(ProbeCalls.STORY, 4, 1).put("n", 2));
        boolean both = answer.indices().equals(Set.of(0, 1))
                && !answer.text(0).isEmpty()
                && !answer.text(1).isEmpty();
        return new Seen<>(both, "n: 2 brought choices " + answer.indices() + ".");
    }

    /** Whether a sampling field is known: its strictest value leaves the likeliest token alone at temperature 2. */
    Seen<Boolean> known(String field, double strictest) {
        if (step.size() == 0) {
            return Seen.unknown(NOTHING_SHOWN);
        }
        int draws = draws(Math.max(likeliestShare(), step.shareAtMost(1, HOT)));
        if (draws > MOST) {
            return Seen.unknown("The likeliest token is too likely at temperature 2 to tell by draws.");
        }
        ObjectNode fields = fields(Map.of(field, strictest));
        for (int i = 0; i < draws; i++) {
            TokenLogprob drawn = draw(HOT, fields);
            if (step.place(drawn) > 0) {
                return new Seen<>(
                        false, fields + " let " + Quoted.token(drawn) + " be drawn, which is not the likeliest.");
            }
        }
        return new Seen<>(true, fields + " held " + draws + " draws at temperature 2 to the likeliest token.");
    }

    /** The likeliest token's share of draws with nothing stated, drawn towards a half; 1 where nothing else came. */
    private double likeliestShare() {
        long likeliest =
                plain().stream().filter(token -> step.place(token) == 0).count();
        return likeliest == PLAIN ? 1 : (likeliest + 2.0) / (PLAIN + 4.0);
    }

    /**
     * Whether defaults truncate: draws with nothing stated stay before draws with every field stated as neutral. Were both
     * from one law, the odds that the last j of all are stated ones would be C(n, j) / C(2n, j).
     */
    Seen<Boolean> defaultsTruncate(Map<String, Double> neutral) {
        if (step.size() == 0) {
            return Seen.unknown(NOTHING_SHOWN);
        }
        int reached = plain().stream().mapToInt(step::place).max().orElseThrow();
        ObjectNode stated = fields(neutral).put("top_p", 1);
        int beyond = 0;
        double odds = 1;
        for (int i = 0; i < PLAIN; i++) {
            if (reached < step.place(draw(HOT, stated))) {
                odds *= (double) (PLAIN - beyond) / (2 * PLAIN - beyond);
                beyond++;
            }
        }
        String evidence = PLAIN + " draws at temperature 2 with nothing stated stayed within the first " + (reached + 1)
                + " candidates; with " + stated + " " + beyond + " of " + PLAIN + " went beyond.";
        if (reached == step.size()) {
            return new Seen<>(false, "A draw with nothing stated went beyond the " + reached + " candidates shown.");
        }
        return odds < 10 * ERROR ? new Seen<>(true, evidence) : Seen.unknown(evidence);
    }

    /** Whether temperature or top_p acts first. */
    Seen<Order> order(Map<String, Double> neutral) {
        OrderTrial trial = OrderTrial.best(step);
        int draws = trial == null ? MOST + 1 : draws(1 - trial.chance());
        if (trial == null || draws > MOST) {
            return Seen.unknown("The first token's law has no cut that tells the orders apart in " + MOST + " draws.");
        }
        ObjectNode fields = fields(neutral).put("top_p", trial.topP());
        String asked = "at temperature " + trial.temperature() + " with " + fields;
        for (int i = 0; i < draws; i++) {
            TokenLogprob drawn = draw(trial.temperature(), fields);
            if (step.place(drawn) >= trial.inside()) {
                return new Seen<>(
                        trial.ifOutside(), Quoted.token(drawn) + " was drawn " + asked + ", impossible otherwise.");
            }
        }
        Order other = trial.ifOutside() == Order.TEMPERATURE_FIRST ? Order.TRUNCATION_FIRST : Order.TEMPERATURE_FIRST;
        return new Seen<>(
                other, draws + " draws " + asked + " stayed within the first " + trial.inside() + " candidates.");
    }

    private List<TokenLogprob> plain() {
        while (plain.size() < PLAIN) {
            plain.add(draw(HOT, Json.mapper().createObjectNode()));
        }
        return plain;
    }

    private TokenLogprob draw(double temperature, ObjectNode fields) {
        ObjectNode body = calls.chat(ProbeCalls.STORY, 1, temperature);
        body.put("logprobs", true).put("top_logprobs", 1);
        if (seeded) {
            body.put("seed", seed++);
        }
        body.setAll(fields);
        return calls.streamed(body).drawn();
    }

    /** How many draws make an error rarer than 1e-4, where one draw errs with a chance. */
    private static int draws(double chance) {
        return (int) Math.ceil(Math.min(MOST + 1.0, Math.log(ERROR) / Math.log(chance)));
    }

    private static ObjectNode fields(Map<String, Double> values) {
        ObjectNode fields = Json.mapper().createObjectNode();
        values.forEach((field, value) -> DraftBody.put(fields, field, value));
        return fields;
    }
}
