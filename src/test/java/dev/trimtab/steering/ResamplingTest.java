package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Phrases.Rule;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.ScriptedUpstream;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.WrittenUpstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Answers drawn among whole drafts, against laws that are known. Seeds are fixed, and so are the thresholds: z &lt; 4 for a
 * G-test, and for a total variation what 4,000 draws of 30 tokens vary by chance alone, 0.04, and half as much again.
 */
class ResamplingTest {
    private static final int SIZE = ScriptedUpstream.SIZE;
    private static final int NONE = SIZE;

    private final FixedScorer scorer = new FixedScorer(token -> 1.5 * Math.sin(2 * token.id()));

    private static Capabilities cutOff(int k) {
        Capabilities capable = ScriptedUpstream.capable(k);
        return new Capabilities(
                k,
                capable.shownLaw(),
                capable.truncationOrder(),
                Continuation.NONE,
                false,
                0,
                capable.endRecords(),
                Map.of(),
                Map.of(),
                1,
                0,
                k == 0 ? 0 : SIZE);
    }

    private static Policy policy(int drafts, Bias bias, FixedScorer... scorers) {
        return withDrafts(drafts, Answered.policy(Route.RESAMPLED, FailureMode.OPEN, bias, scorers));
    }

    private static Policy withDrafts(int drafts, Policy policy) {
        return new Policy(
                policy.name(),
                policy.version(),
                policy.stage(),
                policy.failureMode(),
                policy.route(),
                null,
                null,
                List.of(),
                policy.bias(),
                policy.scorers(),
                policy.negative(),
                new Limits(1_000, 0, drafts),
                Attachments.NONE);
    }

    private static Negative forbidding(String... phrases) {
        return new Negative(new Phrases(List.of(new Rule("rule", List.of(phrases), false, Bias.NONE))), 0);
    }

    @Test
    void law_asDraftsGrow_comesNearTheTargetOfEveryStep() {
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(8), 3);
        Steering steering = Answered.steering(scripted.upstream(), 4);
        double[][] p = {target(scripted.law(0)), target(scripted.law(1))};
        double[] second = new double[SIZE + 1];
        second[NONE] = p[0][0];
        for (int x = 1; x < SIZE; x++) {
            for (int y = 0; y < SIZE; y++) {
                second[y] += p[0][x] * p[x % 2][y];
            }
        }
        double one = variation(steering, 1, second);
        double many = variation(steering, 32, second);
        assertThat(one).isGreaterThan(0.15);
        assertThat(many).isLessThan(0.06);
    }

    private double variation(Steering steering, int drafts, double[] second) {
        double[] counts = new double[SIZE + 1];
        int answers = 4_000;
        for (int i = 0; i < answers; i++) {
            List<Integer> ids = Answered.of(steering, policy(drafts, Bias.NONE, scorer), ",\"max_tokens\":2")
                    .ids();
            counts[ids.isEmpty() ? NONE : ids.size() == 1 ? 0 : ids.get(1)]++;
        }
        double sum = 0;
        for (int v = 0; v <= SIZE; v++) {
            sum += Math.abs(counts[v] / answers - second[v]);
        }
        return sum / 2;
    }

    /** p at temperature 1 with S the 8 likeliest. */
    private double[] target(double[] d) {
        int[] top = Arrays.copyOf(ScriptedUpstream.falling(d), 8);
        double before = Arrays.stream(top).mapToDouble(v -> d[v]).sum();
        double after = Arrays.stream(top)
                .mapToDouble(v -> d[v] * Math.exp(1.5 * Math.sin(2 * v)))
                .sum();
        double[] p = d.clone();
        for (int v : top) {
            p[v] *= Math.exp(1.5 * Math.sin(2 * v)) * before / after;
        }
        return p;
    }

    @Test
    void lowerings_byRejection_areExactOverWholeAnswers() {
        double temperature = 0.8;
        StringBuilder entries = new StringBuilder("\"w4 \"\t-inf\n");
        double[] l = new double[SIZE];
        l[4] = Double.NEGATIVE_INFINITY;
        for (int v = 5; v < SIZE; v += 3) {
            l[v] = -0.1 * v;
            entries.append("id:").append(v).append('\t').append(l[v]).append('\n');
        }
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(3), 3);
        Steering steering = Answered.steering(scripted.upstream(), 4);
        Policy policy = policy(4, Bias.parse(entries.toString()));
        double[][] d = {scripted.draftLaw(0, temperature, 1, Map.of()), scripted.draftLaw(1, temperature, 1, Map.of())};
        double[] pairs = new double[SIZE * SIZE];
        pairs[0] = d[0][0] * Math.exp(l[0] / temperature);
        for (int x = 1; x < SIZE; x++) {
            for (int y = 0; y < SIZE; y++) {
                pairs[x * SIZE + y] = d[0][x] * d[x % 2][y] * Math.exp((l[x] + l[y]) / temperature);
            }
        }
        double total = Arrays.stream(pairs).sum();
        double[] law = Arrays.stream(pairs).map(pair -> pair / total).toArray();
        long[] counts = new long[SIZE * SIZE];
        for (int i = 0; i < 10_000; i++) {
            Answered answer = Answered.of(steering, policy, ",\"max_tokens\":2,\"temperature\":0.8");
            assertThat(answer.report().resampled().law()).isEqualTo(ResampledLaw.LOWERED);
            assertThat(answer.report().books().exhausted()).isZero();
            List<Integer> ids = answer.ids();
            counts[ids.isEmpty() ? 0 : ids.get(0) * SIZE + (ids.size() == 1 ? 0 : ids.get(1))]++;
        }
        assertThat(GTest.z(counts, law)).isLessThan(4);
    }

    @Test
    void effectiveSampleSize_isThatOfTheDistinctDrafts() {
        Upstream upstream = new WrittenUpstream(
                        Continuation.NONE, 2, written -> Map.of(written.isEmpty() ? "a" : "", 0.5, "b", 0.5))
                .upstream();
        Steering steering = Answered.steering(upstream, 1);
        Policy policy = policy(8, Bias.NONE, new FixedScorer(token -> token.equals(Token.of("a")) ? Math.log(3) : 0));
        int both = 0;
        for (int i = 0; i < 50; i++) {
            Resampled resampled =
                    Answered.of(steering, policy, ",\"max_tokens\":1").report().resampled();
            double expected = resampled.distinct() == 1 ? 1 : 4 / (1.5 * 1.5 + 0.5 * 0.5);
            both += resampled.distinct() == 2 ? 1 : 0;
            assertThat(resampled.drafts()).isEqualTo(8);
            assertThat(resampled.effectiveSampleSize()).isCloseTo(expected, within(1e-12));
        }
        assertThat(both).isGreaterThan(40);
    }

    @ParameterizedTest
    @CsvSource({"honoured, 1", "ignored, 8", "refused, 9"})
    void drafts_ofAnUpstreamThatKnowsN_comeInOneCall_ofAnotherOneByOne(String n, int calls) {
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(5), 3);
        if (n.equals("honoured")) {
            scripted.writingSeveral();
        } else if (n.equals("refused")) {
            scripted.refusingSeveral();
        }
        Steering steering = Answered.steering(scripted.upstream(), 4);
        Answered answer = Answered.of(steering, policy(8, Bias.NONE, scorer), ",\"max_tokens\":20");
        Books books = answer.report().books();
        assertThat(scripted.calls()).isEqualTo(calls);
        assertThat(books.calls()).isEqualTo(calls);
        assertThat(books.drafted()).isEqualTo(scripted.drafted());
        assertThat(books.balance()).isTrue();
        assertThat(books.discarded()).isPositive();
        assertThat(answer.report().resampled().drafts()).isEqualTo(8);
    }

    @Test
    void seed_sameSeed_sameAnswer() {
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(5), 3).writingSeveral();
        Steering steering = Answered.steering(scripted.upstream(), 4);
        List<String> texts = new ArrayList<>();
        for (int seed : new int[] {42, 42, 43}) {
            texts.add(Answered.of(
                            steering, policy(4, Bias.NONE, scorer), ",\"max_tokens\":40,\"seed\":" + seed + ",\"n\":1")
                    .text());
        }
        assertThat(texts.get(1)).isEqualTo(texts.get(0));
        assertThat(texts.get(2)).isNotEqualTo(texts.get(0));
    }

    @Test
    void choices_areDrawnIndependently_eachAmongItsOwnDrafts() {
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(5), 3).writingSeveral();
        List<AnswerPart> parts = Answered.steering(scripted.upstream(), 4)
                .steer(
                        Answered.request(",\"n\":3,\"seed\":1,\"max_tokens\":40"),
                        policy(4, Bias.NONE, scorer),
                        null,
                        false)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(10));
        assertThat(scripted.calls()).isEqualTo(3);
        assertThat(parts.stream()
                        .filter(AnswerPart.Closed.class::isInstance)
                        .map(AnswerPart::choice)
                        .toList())
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void phrase_inEveryDraft_endsTheAnswerAsFiltered_behindABoundedNumberOfCalls() {
        WrittenUpstream written =
                new WrittenUpstream(Continuation.NONE, 0, text -> Map.of(text.isEmpty() ? "It is cheap." : "", 1.0));
        Policy policy = withDrafts(2, Answered.policy(Route.RESAMPLED, forbidding("cheap")));
        Answered answer = unlogged(Answered.steering(written.upstream(), 1), policy);
        assertThat(answer.finishReason()).isEqualTo("content_filter");
        assertThat(answer.text()).isEmpty();
        assertThat(written.prefixes()).hasSize(2 * Resampling.ROUNDS);
        assertThat(answer.report().books().exhausted()).isEqualTo(1);
        assertThat(answer.report().books().balance()).isTrue();
    }

    @Test
    void phrase_inSomeDrafts_neverGetsOut_withoutLogprobsOrContinuation() {
        WrittenUpstream written = new WrittenUpstream(
                Continuation.NONE,
                0,
                text -> text.isEmpty() ? Map.of("It is chea", 0.7, "It is fin", 0.3) : behind(text));
        Policy policy = withDrafts(4, Answered.policy(Route.DRAFTED_OR_RESAMPLED, forbidding("cheap")));
        Steering steering = Answered.steering(written.upstream(), 1);
        int fine = 0;
        for (int i = 0; i < 100; i++) {
            Answered answer = unlogged(steering, policy);
            assertThat(answer.text()).doesNotContain("cheap");
            assertThat(answer.report().resampled().law().exact()).isTrue();
            fine += answer.finishReason().equals("stop") ? 1 : 0;
        }
        assertThat(fine).isGreaterThan(95);
    }

    private static Map<String, Double> behind(String text) {
        return Map.of(text.endsWith("chea") ? "p" : text.endsWith("fin") ? "e" : "", 1.0);
    }

    private static Answered unlogged(Steering steering, Policy policy) {
        String body = "{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens\":20}";
        return Answered.of(
                steering.steer(CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8)), policy, null, false)
                        .parts()
                        .collectList()
                        .block(Duration.ofSeconds(10)));
    }

    @Test
    void scores_withoutLogprobs_weighTheTextsTokens() {
        Map<String, Double> law = Map.of("yes ", 0.5, "no ", 0.5);
        WrittenUpstream written =
                new WrittenUpstream(Continuation.NONE, 0, text -> text.isEmpty() ? law : Map.of("", 1.0));
        FixedScorer liking = new FixedScorer(
                        token -> new String(token.bytes(), StandardCharsets.UTF_8).equals("yes ") ? 2 : 0, true)
                .reading();
        Steering steering = Answered.steering(written.upstream(), 1);
        Policy policy = policy(8, Bias.parse("\"no \"\t-1\n"), liking);
        for (int i = 0; i < 50; i++) {
            Answered answer = unlogged(steering, policy);
            Resampled resampled = answer.report().resampled();
            double yes = Math.exp(2);
            double no = Math.exp(-1);
            double expected = resampled.distinct() == 1 ? 1 : (yes + no) * (yes + no) / (yes * yes + no * no);
            assertThat(resampled.law()).isEqualTo(ResampledLaw.SCORED);
            assertThat(resampled.effectiveSampleSize()).isCloseTo(expected, within(1e-12));
            assertThat(answer.report().books().kept()).isEqualTo(2);
        }
    }

    @Test
    void scorer_thatFails_leavesTheDraftsUnscored_asThePolicySays() {
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(5), 3).writingSeveral();
        FixedScorer failing = new FixedScorer(token -> 0).failingAt(0);
        Answered answer = Answered.of(
                Answered.steering(scripted.upstream(), 4), policy(4, Bias.NONE, failing), ",\"max_tokens\":40");
        assertThat(answer.report().latched()).contains("a scorer failed");
        assertThat(answer.report().books().kept()).isZero();
        assertThat(answer.report().books().balance()).isTrue();
        assertThat(answer.report().resampled().effectiveSampleSize()).isCloseTo(4, within(1e-9));
    }

    @Test
    void logprobs_areThoseOfTheUpstream_andStopsCut() {
        ScriptedUpstream scripted = new ScriptedUpstream(cutOff(5), 3).writingSeveral();
        List<AnswerPart> parts = Answered.steering(scripted.upstream(), 4)
                .steer(
                        Answered.request(",\"max_tokens\":40,\"stop\":\"w1\""),
                        policy(4, Bias.NONE, scorer),
                        null,
                        false)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(10));
        int parity = 0;
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Piece piece) {
                assertThat(piece.text()).doesNotContain("w1");
                for (var record : piece.logprobs()) {
                    assertThat(record.logprob()).isCloseTo(Math.log(scripted.law(parity)[record.id()]), within(1e-9));
                    parity = record.id() % 2;
                }
            }
        }
    }
}
