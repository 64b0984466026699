package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Phrases.Rule;
import dev.trimtab.token.DraftLaw;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.token.Truncation.Order;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.Drafting.Length;
import dev.trimtab.upstream.ScriptedUpstream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The distribution law: what comes out of the engine is drawn from p, whatever the route. Each setting is judged by a G-test
 * of at least 100,000 draws on a fixed seed, all on one threshold: z &lt; 4 (p-value above about 3e-5).
 */
class DistributionLawTest {
    private static final int SIZE = ScriptedUpstream.SIZE;
    private static final int DRAWS = 100_000;
    private static final double THRESHOLD = 4;

    private static final String BIAS = "id:3\t-0.7\nid:8\t-1.5\nid:4\t1.0\nid:17\t0.6\n";
    private static final String FORBIDDING = BIAS + "id:5\t-inf\nid:11\t-inf\nid:23\t-inf\n";

    /** One upstream, client and policy. */
    record Setting(
            String name,
            Route route,
            int k,
            double temperature,
            double topP,
            Order order,
            ShownLaw shown,
            String bias,
            boolean pushed,
            boolean whole,
            EndRecords ends,
            boolean moves) {
        static Setting plain(String name, int k, double temperature) {
            return new Setting(
                    name,
                    Route.DRAFTED,
                    k,
                    temperature,
                    1,
                    Order.TEMPERATURE_FIRST,
                    ShownLaw.BIASED,
                    "",
                    false,
                    false,
                    EndRecords.SHOWN,
                    false);
        }

        Setting stepwise() {
            return new Setting(
                    name + ", stepwise",
                    Route.STEPWISE,
                    k,
                    temperature,
                    topP,
                    order,
                    shown,
                    bias,
                    pushed,
                    whole,
                    ends,
                    moves);
        }

        Setting cut(double other, Order first) {
            return new Setting(name, route, k, temperature, other, first, shown, bias, pushed, whole, ends, moves);
        }

        Setting biased(String text, boolean pushes, ShownLaw law) {
            return new Setting(name, route, k, temperature, topP, order, law, text, pushes, whole, ends, moves);
        }

        Setting inWholeNats() {
            return new Setting(name, route, k, temperature, topP, order, shown, bias, pushed, true, ends, moves);
        }

        Setting ending(EndRecords other) {
            return new Setting(name, route, k, temperature, topP, order, shown, bias, pushed, whole, other, moves);
        }

        Setting moving() {
            return new Setting(name, route, k, temperature, topP, order, shown, bias, pushed, whole, ends, true);
        }

        @Override
        public String toString() {
            return name;
        }

        Capabilities capabilities() {
            Capabilities one = ScriptedUpstream.capable(k);
            return new Capabilities(
                    k,
                    shown,
                    order,
                    one.continuation(),
                    true,
                    pushed ? 300 : 0,
                    ends,
                    Map.of(),
                    Map.of(),
                    1,
                    one.context(),
                    SIZE,
                    false,
                    whole,
                    Template.NONE,
                    false);
        }

        Bias biasOfPolicy() {
            return Bias.parse(bias);
        }

        double nats(int id) {
            return biasOfPolicy().nats(new dev.trimtab.token.Token(id, ScriptedUpstream.bytes(id)));
        }

        /** Rounded up where only whole nats are honoured; what is left is a lowering. */
        double sent(double nats) {
            double clipped = Math.max(-100, nats);
            return whole ? Math.ceil(clipped) : clipped;
        }

        Map<Integer, Double> push() {
            if (!pushed) {
                return Map.of();
            }
            Map<Integer, Double> push = new java.util.HashMap<>();
            biasOfPolicy().byId(bytes -> -1).forEach((id, nats) -> push.put(id, sent(nats)));
            return push;
        }
    }

    static Stream<Setting> settings() {
        return Stream.of(
                Setting.plain("top 20", 20, 1),
                Setting.plain("top 5, drafts outside S", 5, 1),
                Setting.plain("top 5, T 0.7", 5, 0.7),
                Setting.plain("top 20, T 1.3", 20, 1.3),
                Setting.plain("top 20, T 1.3", 20, 1.3).stepwise(),
                Setting.plain("top 5", 5, 1).stepwise(),
                Setting.plain("top_p 0.5 after T 0.7", 20, 0.7).cut(0.5, Order.TEMPERATURE_FIRST),
                Setting.plain("top_p 0.5 before T 0.7", 20, 0.7).cut(0.5, Order.TRUNCATION_FIRST),
                Setting.plain("top_p 0.9 after T 1.3, top 5", 5, 1.3).cut(0.9, Order.TEMPERATURE_FIRST),
                Setting.plain("top_p 0.9 before T 1.3, top 5", 5, 1.3).cut(0.9, Order.TRUNCATION_FIRST),
                Setting.plain("top_p 0.5", 20, 1)
                        .cut(0.5, Order.TEMPERATURE_FIRST)
                        .stepwise(),
                Setting.plain("lowering in and outside S", 5, 1).biased(FORBIDDING, false, ShownLaw.BIASED),
                Setting.plain("lowering, T 0.7", 5, 0.7)
                        .biased(FORBIDDING, false, ShownLaw.BIASED)
                        .stepwise(),
                Setting.plain("bias pushed and shown", 20, 1).biased(BIAS, true, ShownLaw.BIASED),
                Setting.plain("bias pushed and hidden, T 0.7", 5, 0.7).biased(FORBIDDING, true, ShownLaw.RAW),
                Setting.plain("bias pushed in whole nats, T 0.7", 5, 0.7)
                        .biased(FORBIDDING, true, ShownLaw.BIASED)
                        .inWholeNats(),
                Setting.plain("bias pushed in whole nats and hidden", 20, 1)
                        .biased(BIAS, true, ShownLaw.RAW)
                        .inWholeNats(),
                Setting.plain("bias pushed, drawn law shown", 20, 1.3).biased(BIAS, true, ShownLaw.DRAWN),
                Setting.plain("ends re-read", 20, 1).ending(EndRecords.WHOLE_ONLY),
                Setting.plain("ends never shown", 5, 1).ending(EndRecords.NEVER),
                Setting.plain("shares move", 5, 1).moving(),
                Setting.plain("shares move, ends re-read", 5, 1)
                        .ending(EndRecords.WHOLE_ONLY)
                        .moving(),
                Setting.plain("shares would move, ends never shown", 5, 1)
                        .biased(BIAS, false, ShownLaw.BIASED)
                        .ending(EndRecords.NEVER)
                        .moving(),
                Setting.plain("shares move, lowering, T 1.3", 20, 1.3)
                        .biased(FORBIDDING, false, ShownLaw.BIASED)
                        .moving());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void emittedTokens_followTheTarget(Setting setting) {
        assertFollowsTheTarget(setting, Drafting.STREAMED);
    }

    /** Where drafts end changes nothing of what comes out, though it depends on what has come out. */
    @ParameterizedTest
    @EnumSource(
            value = Length.class,
            names = {"FIXED", "ADAPTIVE"})
    void boundedDrafts_followTheTarget(Length length) {
        assertFollowsTheTarget(Setting.plain("top 5", 5, 1), new Drafting(length, 3, 2));
    }

    private static void assertFollowsTheTarget(Setting setting, Drafting drafting) {
        ScriptedUpstream scripted = new ScriptedUpstream(setting.capabilities(), 11);
        long[][] counts = counts(setting, scripted, drafting);
        for (int parity = 0; parity < 2; parity++) {
            double[] target = target(setting, scripted, parity);
            assertThat(GTest.z(counts[parity], target))
                    .as("prefix parity %d", parity)
                    .isLessThan(THRESHOLD);
            for (int v = 0; v < SIZE; v++) {
                if (target[v] == 0) {
                    assertThat(counts[parity][v]).as("impossible token %d", v).isZero();
                }
            }
        }
    }

    @Test
    void anotherTarget_isNotFollowed() {
        Setting setting = Setting.plain("top 20", 20, 1);
        ScriptedUpstream scripted = new ScriptedUpstream(setting.capabilities(), 11);
        long[][] counts = counts(setting, scripted, Drafting.STREAMED);
        double[] offByLittle = target(Setting.plain("top 20, T 1.03", 20, 1.03), scripted, 0);
        assertThat(GTest.z(counts[0], offByLittle)).isGreaterThan(THRESHOLD);
    }

    /** Draws by the token before (even, odd) and by the token. */
    private static long[][] counts(Setting setting, ScriptedUpstream scripted, Drafting drafting) {
        Policy policy = Answered.policy(
                setting.route(),
                FailureMode.CLOSED,
                setting.biasOfPolicy(),
                new FixedScorer(token -> score(token.id()), setting.moves()));
        Steering steering = Answered.steering(scripted.upstream(drafting), 5);
        String sampling =
                ",\"max_tokens\":2000,\"temperature\":" + setting.temperature() + ",\"top_p\":" + setting.topP();
        long[][] counts = new long[2][SIZE];
        for (int draws = 0; draws < DRAWS; ) {
            Answered answer = Answered.of(steering, policy, sampling);
            int parity = 0;
            for (int id : answer.ids()) {
                counts[parity][id]++;
                parity = id % 2;
            }
            if (answer.finishReason().equals("stop")) {
                counts[parity][0]++;
                draws++;
            }
            draws += answer.ids().size();
            assertThat(answer.report().books().exhausted()).isZero();
            assertThat(answer.report().books().balance()).isTrue();
        }
        return counts;
    }

    private static double score(int id) {
        return 1.5 * Math.sin(1.7 * id + 0.4);
    }

    /** DESIGN's p, from the laws that the scripted upstream knows. */
    private static double[] target(Setting setting, ScriptedUpstream scripted, int parity) {
        double[] draft = scripted.draftLaw(parity, setting.temperature(), setting.topP(), setting.push());
        double[] shown = scripted.shownLaw(parity, setting.temperature(), setting.topP(), setting.push());
        int[] top = Arrays.stream(ScriptedUpstream.falling(shown))
                .limit(setting.k())
                .filter(v -> shown[v] > 0)
                .toArray();
        ScoredStep step = seen(setting, shown, top);
        Truncation truncation = new Truncation(setting.topP(), 0, 0, setting.order());
        StepLaw law = StepLaw.of(step, new DraftLaw(setting.temperature(), truncation, setting.shown(), SIZE));
        boolean closed = law.getClass().getSimpleName().equals("ClosedLaw");
        return closed ? closedTarget(setting, shown, top) : openTarget(setting, draft, top, law);
    }

    private static ScoredStep seen(Setting setting, double[] shown, int[] top) {
        ScoredStep step = ScoredStep.neutral(
                Arrays.stream(top).mapToDouble(v -> Math.log(shown[v])).toArray());
        for (int i = 0; i < top.length; i++) {
            step.score()[i] = score(top[i]);
            step.eligible()[i] = top[i] != 0 || setting.ends() != EndRecords.NEVER;
        }
        return step;
    }

    private static double[] openTarget(Setting setting, double[] draft, int[] top, StepLaw law) {
        double[] p = new double[SIZE];
        double before = 0;
        double kept = 0;
        for (int v = 0; v < SIZE; v++) {
            p[v] = draft[v] * Math.exp(lowering(setting, v) / setting.temperature());
        }
        double[] unmoved = p.clone();
        for (int i = 0; i < top.length; i++) {
            int v = top[i];
            if (law.steerable(i)) {
                before += p[v];
                kept += p[v] * Math.exp(moving(setting, v) / setting.temperature());
                unmoved[v] = p[v] * Math.exp((score(v) + levered(setting, v)) / setting.temperature());
            }
        }
        double[] scored = unmoved;
        double after = IntStream.range(0, top.length)
                .filter(law::steerable)
                .mapToDouble(i -> scored[top[i]])
                .sum();
        for (int i = 0; i < top.length; i++) {
            if (law.steerable(i) && after > 0) {
                unmoved[top[i]] *= kept / after;
            }
        }
        double total = Arrays.stream(unmoved).sum();
        assertThat(before).isNotNegative();
        return Arrays.stream(unmoved).map(x -> x / total).toArray();
    }

    private static double moving(Setting setting, int v) {
        if (setting.ends() == EndRecords.NEVER) {
            return 0;
        }
        return (setting.moves() ? score(v) : 0) + levered(setting, v);
    }

    private static double lowering(Setting setting, int v) {
        double nats = setting.nats(v);
        return nats == Double.NEGATIVE_INFINITY
                ? nats
                : Math.min(0, setting.pushed() ? nats - setting.sent(nats) : nats);
    }

    private static double levered(Setting setting, int v) {
        return setting.pushed() ? 0 : Math.max(0, setting.nats(v));
    }

    private static double[] closedTarget(Setting setting, double[] shown, int[] top) {
        double[] weight = new double[SIZE];
        double[] basis = new double[SIZE];
        for (int v : top) {
            double change = score(v) + lowering(setting, v) + levered(setting, v);
            weight[v] = Math.exp((Math.log(shown[v]) + change) / setting.temperature());
            basis[v] = setting.order() == Order.TEMPERATURE_FIRST ? weight[v] : shown[v] * Math.exp(change);
        }
        double total = Arrays.stream(basis).sum();
        return ScriptedUpstream.cut(
                weight, Arrays.stream(basis).map(x -> x / total).toArray(), setting.topP());
    }

    /** Phrases alone: what would complete one is left out of the draft law, by asking again or by a ban on one draft. */
    @ParameterizedTest
    @CsvSource({"0, 3", "300, 6"})
    void phrases_forbidTokensOfTheDraftLaw_whetherOrNotABanIsPushed(int biasEntries, int forbidden) {
        Capabilities one = ScriptedUpstream.capable(8);
        Capabilities capabilities = new Capabilities(
                8,
                one.shownLaw(),
                one.truncationOrder(),
                one.continuation(),
                true,
                biasEntries,
                one.endRecords(),
                Map.of(),
                Map.of(),
                1,
                one.context(),
                SIZE);
        ScriptedUpstream scripted = new ScriptedUpstream(capabilities, 3);
        int[] heavy = Arrays.copyOf(ScriptedUpstream.falling(scripted.law(1)), forbidden);
        List<String> phrases = IntStream.range(0, SIZE)
                .filter(first -> first % 2 == 1)
                .boxed()
                .flatMap(first ->
                        Arrays.stream(heavy).filter(v -> v > 0).mapToObj(second -> "w" + first + " w" + second + " "))
                .toList();
        Rule rule = new Rule("pairs", phrases, false, Bias.NONE);
        Policy policy = Answered.policy(Route.DRAFTED, new Negative(new Phrases(List.of(rule)), 0));
        Steering steering = Answered.steering(scripted.upstream(), 5);
        long[] counts = new long[SIZE];
        int drawn = 0;
        while (drawn < DRAWS / 2) {
            List<Integer> ids =
                    Answered.of(steering, policy, ",\"max_tokens\":400").ids();
            for (int i = 1; i < ids.size(); i++) {
                if (ids.get(i - 1) % 2 == 1) {
                    counts[ids.get(i)]++;
                    drawn++;
                }
            }
        }
        double[] target = scripted.law(1);
        target[0] = 0;
        Arrays.stream(heavy).forEach(v -> target[v] = 0);
        double sum = Arrays.stream(target).sum();
        assertThat(GTest.z(counts, Arrays.stream(target).map(p -> p / sum).toArray()))
                .isLessThan(THRESHOLD);
    }
}
