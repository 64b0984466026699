package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

class SteeringTest {
    private static final int SIZE = ScriptedUpstream.SIZE;
    private static final Bias FORBIDDING = Bias.parse("id:5\t-inf\nid:11\t-inf\nid:23\t-inf\n\"w7 \"\t-inf\n");
    private static final Set<Integer> FORBIDDEN = Set.of(5, 7, 11, 23);

    private final ScriptedUpstream scripted = new ScriptedUpstream(ScriptedUpstream.capable(5), 3);
    private final Steering steering = Answered.steering(scripted.upstream(), 9);
    private final FixedScorer scorer = new FixedScorer(token -> Math.sin(token.id()));

    private static Policy policy(Bias bias, FixedScorer... scorers) {
        return Answered.policy(Route.DRAFTED, FailureMode.OPEN, bias, scorers);
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"DRAFTED", "STEPWISE"})
    void greedy_everyToken_isTheBestShownByWeightAndScore(Route route) {
        Policy policy = Answered.policy(route, FailureMode.CLOSED, Bias.NONE, scorer);
        Answered answer = Answered.of(steering, policy, ",\"temperature\":0,\"max_tokens\":50");
        List<Integer> expected = new ArrayList<>();
        for (int parity = 0; expected.size() < 50; parity = expected.get(expected.size() - 1) % 2) {
            int best = best(scripted.law(parity));
            if (best == 0) {
                break;
            }
            expected.add(best);
        }
        assertThat(answer.ids()).isEqualTo(expected);
    }

    private static int best(double[] law) {
        int best = -1;
        for (int i = 0; i < 5; i++) {
            int v = ScriptedUpstream.falling(law)[i];
            if (best < 0 || Math.log(law[v]) + Math.sin(v) > Math.log(law[best]) + Math.sin(best)) {
                best = v;
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.7, 1.3})
    void forbiddenTokens_neverReachTheClient_inSOrOutside(double temperature) {
        for (int i = 0; i < 50; i++) {
            Answered answer = Answered.of(
                    steering, policy(FORBIDDING, scorer), ",\"max_tokens\":200,\"temperature\":" + temperature);
            assertThat(answer.ids()).doesNotContainAnyElementsOf(FORBIDDEN);
            FORBIDDEN.forEach(id -> assertThat((" " + answer.text())).doesNotContain(" w" + id + " "));
        }
    }

    @Test
    void forbiddenTokens_afterTheLatch_stillNeverReachTheClient() {
        FixedScorer failing = new FixedScorer(token -> 0).failingAt(3);
        int latched = 0;
        for (int i = 0; i < 50; i++) {
            Answered answer = Answered.of(steering, policy(FORBIDDING, failing), ",\"max_tokens\":100");
            assertThat(answer.ids()).doesNotContainAnyElementsOf(FORBIDDEN);
            latched += answer.report().latched() == null ? 0 : 1;
        }
        assertThat(latched).isGreaterThan(30);
    }

    @Test
    void everythingForbidden_theAnswerEndsAsContentFilter() {
        StringBuilder all = new StringBuilder();
        for (int id = 1; id < SIZE; id++) {
            all.append("id:").append(id).append("\t-inf\n");
        }
        Capabilities silent = ended(EndRecords.NEVER);
        ScriptedUpstream upstream = new ScriptedUpstream(silent, 3);
        Answered answer = Answered.of(
                Answered.steering(upstream.upstream(), 1), policy(Bias.parse(all.toString())), ",\"temperature\":0");
        assertThat(answer.finishReason()).isEqualTo("content_filter");
        assertThat(answer.text()).isEmpty();
        assertThat(answer.report().books().exhausted()).isEqualTo(1);
    }

    private static Capabilities ended(EndRecords ends) {
        Capabilities one = ScriptedUpstream.capable(5);
        return new Capabilities(
                5,
                one.shownLaw(),
                one.truncationOrder(),
                one.continuation(),
                true,
                0,
                ends,
                one.neutral(),
                one.prefill(),
                1,
                one.context(),
                SIZE);
    }

    @Test
    void latch_open_goesOnUnsteeredAndSaysSo() {
        FixedScorer failing = new FixedScorer(token -> Math.sin(token.id())).failingAt(2);
        Answered answer = Answered.of(steering, policy(Bias.NONE, failing), ",\"max_tokens\":40,\"seed\":1");
        Books books = answer.report().books();
        assertThat(answer.report().latched()).contains("a scorer failed");
        assertThat(books.unsteered()).isEqualTo(books.emitted() - 2);
        assertThat(books.balance()).isTrue();
    }

    @Test
    void latch_closed_endsWithAnError() {
        FixedScorer failing = new FixedScorer(token -> 0).failingAt(2);
        Policy closed = Answered.policy(Route.DRAFTED, FailureMode.CLOSED, Bias.NONE, failing);
        StepVerifier.create(steering.steer(Answered.request(",\"max_tokens\":40,\"seed\":1"), closed, null, false)
                        .parts())
                .thenConsumeWhile(part -> part instanceof AnswerPart.Piece)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(ApiException.class, known -> assertThat(known.code())
                                .isEqualTo("steering_failed")))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void latch_limitOfReplacements_isALatchToo() {
        Policy one = policy(Bias.NONE, new FixedScorer(token -> 3 * Math.sin(token.id())));
        Policy limited = new Policy(
                one.name(),
                one.version(),
                one.stage(),
                one.failureMode(),
                one.route(),
                null,
                null,
                one.preface(),
                one.bias(),
                one.scorers(),
                one.negative(),
                new Limits(1_000, 2, 8),
                Attachments.NONE);
        int latched = 0;
        for (int seed = 0; seed < 20; seed++) {
            Answered answer = Answered.of(steering, limited, ",\"max_tokens\":200,\"seed\":" + seed);
            assertThat(answer.report().books().replaced()).isLessThanOrEqualTo(2);
            latched += "limits.replacements: 2 reached".equals(answer.report().latched()) ? 1 : 0;
        }
        assertThat(latched).isGreaterThan(10);
    }

    @Test
    void calls_areOneMoreThanChanges() {
        for (int i = 0; i < 30; i++) {
            int before = scripted.calls();
            int resent = scripted.resent();
            Answered answer = Answered.of(steering, policy(FORBIDDING, scorer), ",\"max_tokens\":100");
            Books books = answer.report().books();
            assertThat(books.resent()).isEqualTo(scripted.resent() - resent);
            assertThat(books.calls()).isEqualTo(scripted.calls() - before);
            assertThat(books.calls()).isLessThanOrEqualTo(1 + books.replaced() + books.askedAgain());
        }
    }

    @Test
    void calls_nothingChanged_isOne() {
        Answered answer = Answered.of(steering, policy(Bias.NONE, new FixedScorer(token -> 7)), ",\"max_tokens\":100");
        assertThat(answer.report().books().calls()).isEqualTo(1);
        assertThat(answer.report().books().discarded()).isZero();
    }

    @Test
    void calls_endsReread_areCountedApart() {
        ScriptedUpstream upstream = new ScriptedUpstream(ended(EndRecords.WHOLE_ONLY), 3);
        Steering reading = Answered.steering(upstream.upstream(), 2);
        Answered answer = Answered.of(reading, policy(Bias.NONE, scorer), ",\"max_tokens\":2000");
        Books books = answer.report().books();
        assertThat(books.endsReread()).isPositive();
        assertThat(upstream.calls()).isEqualTo(books.calls() + books.endsReread());
        assertThat(books.resent()).isEqualTo(upstream.resent()).isPositive();
    }

    @Test
    void books_everyRouteAndEnding_balance() {
        for (EndRecords ends : EndRecords.values()) {
            ScriptedUpstream upstream = new ScriptedUpstream(ended(ends), 3);
            Steering one = Answered.steering(upstream.upstream(), 2);
            for (Route route : Route.values()) {
                for (int i = 0; i < 20; i++) {
                    int before = upstream.drafted();
                    Policy policy = Answered.policy(route, FailureMode.OPEN, FORBIDDING, scorer);
                    Answered answer = Answered.of(one, policy, ",\"max_tokens\":60");
                    Books books = answer.report().books();
                    assertThat(books.balance()).isTrue();
                    int end = answer.finishReason().equals("stop") ? 1 : 0;
                    assertThat(books.emitted()).isEqualTo(answer.ids().size() + end);
                    assertThat(books.drafted()).isLessThanOrEqualTo(upstream.drafted() - before);
                }
            }
        }
    }

    @Test
    void seed_sameSeed_sameAnswer_whateverTheRouteBefore() {
        String seeded = ",\"max_tokens\":60,\"seed\":42";
        Answered one = Answered.of(steering, policy(Bias.NONE, scorer), seeded);
        Answered.of(steering, policy(Bias.NONE, scorer), ",\"max_tokens\":7");
        Answered two = Answered.of(steering, policy(Bias.NONE, scorer), seeded);
        Answered other = Answered.of(steering, policy(Bias.NONE, scorer), ",\"max_tokens\":60,\"seed\":43");
        assertThat(two.ids()).isEqualTo(one.ids());
        assertThat(other.ids()).isNotEqualTo(one.ids());
    }

    @Test
    void choices_areIndependentSessions() {
        List<AnswerPart> parts = steering.steer(
                        Answered.request(",\"n\":3,\"seed\":1,\"max_tokens\":40"),
                        policy(Bias.NONE, scorer),
                        null,
                        false)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(10));
        Set<List<Integer>> answers = new HashSet<>();
        for (int choice = 0; choice < 3; choice++) {
            int index = choice;
            answers.add(Answered.of(parts.stream()
                            .filter(part -> part.choice() == index)
                            .toList())
                    .ids());
        }
        assertThat(answers).hasSize(3);
    }

    @Test
    void maxTokens_countsEmittedTokens() {
        for (int i = 0; i < 20; i++) {
            Answered answer = Answered.of(steering, policy(FORBIDDING, scorer), ",\"max_tokens\":7");
            assertThat(answer.ids().size()).isLessThanOrEqualTo(7);
            assertThat(answer.finishReason()).isEqualTo(answer.ids().size() == 7 ? "length" : "stop");
            assertThat(answer.report().completionTokens())
                    .isEqualTo(answer.ids().size());
        }
        assertThat(Answered.of(steering, policy(Bias.NONE, scorer), ",\"temperature\":0")
                        .ids())
                .hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void stop_straddlingTokens_cutsBeforeIt() {
        Answered whole = Answered.of(steering, policy(Bias.NONE, scorer), ",\"seed\":8,\"max_tokens\":60");
        String stop = whole.text().substring(20, 27);
        Answered stopped = Answered.of(
                steering, policy(Bias.NONE, scorer), ",\"seed\":8,\"max_tokens\":60,\"stop\":\"" + stop + "\"");
        assertThat(stopped.text())
                .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
        assertThat(stopped.finishReason()).isEqualTo("stop");
    }

    @Test
    void presencePenalty_ofTheClient_lowersWhatWasEmitted() {
        int plain = distinct("");
        assertThat(distinct(",\"presence_penalty\":2,\"frequency_penalty\":2")).isGreaterThan(plain + 20);
        assertThat(scripted.lastBody.has("presence_penalty")).isFalse();
    }

    private int distinct(String more) {
        int distinct = 0;
        for (int i = 0; i < 20; i++) {
            List<Integer> ids = Answered.of(
                            steering,
                            policy(Bias.NONE, scorer),
                            ",\"temperature\":0.7,\"max_tokens\":10,\"seed\":" + i + more)
                    .ids();
            distinct += new HashSet<>(ids).size();
        }
        return distinct;
    }

    @Test
    void draft_statesEverySamplingField() {
        Answered.of(steering, policy(Bias.NONE, scorer), ",\"max_tokens\":3,\"foreign_field\":{\"a\":1}");
        assertThat(scripted.lastBody.path("temperature").asDouble()).isEqualTo(1);
        assertThat(scripted.lastBody.path("top_p").asDouble()).isEqualTo(1);
        assertThat(scripted.lastBody.path("logprobs").asInt()).isEqualTo(5);
        assertThat(scripted.lastBody.has("stop")).isFalse();
        assertThat(scripted.lastBody.at("/foreign_field/a").asInt()).isEqualTo(1);
    }

    @Test
    void logprobs_ofTheClient_areTheSteeredLaw() {
        List<AnswerPart> parts = steering.steer(
                        Answered.request(",\"max_tokens\":1,\"logprobs\":5"), policy(FORBIDDING, scorer), null, false)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(10));
        TokenLogprob record = ((AnswerPart.Piece) parts.get(0)).logprobs().get(0);
        double[] law = scripted.law(0);
        double before = 0;
        double after = 0;
        for (TokenLogprob candidate : record.top()) {
            before += law[candidate.id()];
            after += FORBIDDEN.contains(candidate.id()) ? 0 : law[candidate.id()] * Math.exp(Math.sin(candidate.id()));
        }
        for (TokenLogprob candidate : record.top()) {
            double expected = Math.log(law[candidate.id()]) + Math.sin(candidate.id()) + Math.log(before / after);
            assertThat(candidate.logprob())
                    .isCloseTo(
                            FORBIDDEN.contains(candidate.id()) ? -9999 : expected,
                            org.assertj.core.data.Offset.offset(1e-6));
        }
    }

    @Test
    void impossibleDraw_marksTheCapabilityWrongAndTheRestIsOpen() {
        Capabilities one = ScriptedUpstream.capable(20);
        Capabilities told = new Capabilities(
                20,
                one.shownLaw(),
                Truncation.Order.TRUNCATION_FIRST,
                one.continuation(),
                true,
                0,
                one.endRecords(),
                one.neutral(),
                one.prefill(),
                1,
                one.context(),
                SIZE);
        ScriptedUpstream other = new ScriptedUpstream(one, 3);
        Steering misled = Answered.steering(other.upstream(told), 4);
        String sampling = ",\"temperature\":1.5,\"top_p\":0.6,\"max_tokens\":60";
        for (int i = 0; i < 30; i++) {
            Books books = Answered.of(misled, policy(Bias.NONE, scorer), sampling)
                    .report()
                    .books();
            assertThat(books.balance()).isTrue();
            assertThat(books.exhausted()).isZero();
        }
    }

    @Test
    void upstreamFailure_midway_isAnError() {
        scripted.failAtCall(0);
        assertThatThrownBy(() -> Answered.of(steering, policy(Bias.NONE, scorer), ",\"max_tokens\":50"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("broken");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "suffix:\"x\"",
                "best_of:3",
                "presence_penalty:-1",
                "frequency_penalty:-0.5",
                "repetition_penalty:1.1",
                "logit_bias:{\"3\":1}",
                "top_k:5",
                "min_p:0.1"
            })
    void parameter_thatCannotBeHonoured_isRefusedByName(String field) {
        String name = field.substring(0, field.indexOf(':'));
        String more = ",\"" + name + "\":" + field.substring(name.length() + 1);
        assertThatThrownBy(() -> Answered.of(steering, policy(Bias.NONE, scorer), more))
                .isInstanceOfSatisfying(ApiException.class, refused -> {
                    assertThat(refused.param()).isEqualTo(name);
                    assertThat(refused.status()).isEqualTo(400);
                });
        assertThat(scripted.calls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "\"response_format\":{\"type\":\"json_object\"}",
                "\"functions\":[{\"name\":\"f\"}]"
            })
    void chatParameter_thatCannotBeHonoured_isRefusedByName(String field) {
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," + field + "}";
        ChatRequest request = ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> steering.steer(request, policy(Bias.NONE, scorer), null, false))
                .isInstanceOfSatisfying(ApiException.class, refused -> assertThat(refused.param())
                        .isEqualTo(field.substring(1, field.indexOf('"', 1))));
    }

    @Test
    void upstream_thatCannotResume_isRefusedWithTheCapability() {
        ScriptedUpstream closed = new ScriptedUpstream(Capabilities.CONSERVATIVE, 1);
        assertThatThrownBy(() -> Answered.of(Answered.steering(closed.upstream(), 1), policy(Bias.NONE, scorer), ""))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("scripted")
                .hasMessageContaining("top-logprobs: 0");
    }

    @Test
    void steps_whereAskedFor_explainEveryToken() {
        List<AnswerPart> parts = steering.steer(
                        Answered.request(",\"max_tokens\":20,\"seed\":1"), policy(Bias.NONE, scorer), null, true)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(10));
        Answered answer = Answered.of(parts);
        assertThat(answer.report().steps()).hasSize(answer.report().books().emitted());
        assertThat(answer.report().steps().stream()
                        .filter(step -> step.decision().equals("replaced"))
                        .count())
                .isEqualTo(answer.report().books().replaced());
    }
}
