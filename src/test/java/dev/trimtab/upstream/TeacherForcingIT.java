package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Ends;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer is shown alike, whichever way the demo is led along it. */
class TeacherForcingIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final double ROUNDING = 1e-4;
    private static final int FEW = 5;
    private static final String ANSWER = "If you are looking for sushi, you’ll love The Eagle in the riverside area.";
    private static final Map<Integer, Double> BIAS = Map.of(263, 1.5, 271, -2.0);

    @ParameterizedTest
    @CsvSource({"BIASED, SHOWN", "RAW, WHOLE_ONLY", "DRAWN, NEVER", "BIASED, NEVER"})
    void echoed_andForced_showTheSame(ShownLaw law, Ends ends) {
        DemoSettings settings = DemoSettings.defaults().withShown(law).withEnds(ends);
        try (DemoServer demo = DemoServer.start(settings);
                Upstream echoing = upstream(demo, settings, Continuation.TOKEN_IDS, true);
                Upstream forcing = upstream(demo, settings, Continuation.TOKEN_IDS, false)) {
            long before = demo.calls();
            List<Step> echoed = steps(echoing, chat(), BIAS);
            assertThat(demo.calls() - before).as("calls by echo").isEqualTo(2);
            List<Step> forced = steps(forcing, chat(), BIAS);

            assertSame(forced, echoed, ends != Ends.NEVER);
            assertThat(text(echoed)).isEqualTo(ANSWER);
            assertThat(echoed)
                    .allMatch(step -> step.drawn().isEnd() || step.candidates().size() == FEW);
            assertThat(echoed).anyMatch(step -> step.candidates().indexOf(step.drawn()) < 0);
            assertThat(forced)
                    .allMatch(step ->
                            step.drawn().isEnd() || step.candidates().isEmpty() || Double.isFinite(step.logprob()));
        }
    }

    @Test
    void textThatIsSentBack_isFollowedByItsBytes_asFarAsItIsShown() {
        DemoSettings settings = DemoSettings.defaults();
        try (DemoServer demo = DemoServer.start(settings);
                Upstream prefilling = upstream(demo, settings, Continuation.PREFILL, false);
                Upstream echoing = upstream(demo, settings, Continuation.TOKEN_IDS, true)) {
            List<Step> followed = steps(prefilling, chat(), Map.of());
            List<Step> echoed = steps(echoing, chat(), Map.of());

            assertThat(text(followed)).isEqualTo(ANSWER);
            assertThat(followed.get(0).candidates().token(0))
                    .isEqualTo(echoed.get(0).candidates().token(0));
            assertThat(followed.get(followed.size() - 1).drawn().isEnd()).isTrue();
        }
    }

    @Test
    void completion_isShownBehindItsPrompt() {
        DemoSettings settings = DemoSettings.defaults();
        CompletionRequest request = CompletionRequest.parse(
                "{\"model\":\"demo\",\"prompt\":\"The Eagle is\"}".getBytes(StandardCharsets.UTF_8));
        try (DemoServer demo = DemoServer.start(settings);
                Upstream echoing = upstream(demo, settings, Continuation.TOKEN_IDS, true);
                Upstream forcing = upstream(demo, settings, Continuation.TOKEN_IDS, false)) {
            assertSame(steps(forcing, request, Map.of()), steps(echoing, request, Map.of()), true);
        }
    }

    private static void assertSame(List<Step> expected, List<Step> actual, boolean ends) {
        assertThat(actual.stream().map(Step::drawn))
                .isEqualTo(expected.stream().map(Step::drawn).toList());
        for (int i = 0; i < expected.size() - (ends ? 0 : 1); i++) {
            Step one = expected.get(i);
            Step other = actual.get(i);
            if (!ends && one.candidates().isEmpty()) {
                continue; // An end was drawn there, which shows nothing.
            }
            assertThat(other.candidates().size())
                    .as("step %s", i)
                    .isEqualTo(one.candidates().size());
            for (int j = 0; j < one.candidates().size(); j++) {
                int place = other.candidates().indexOf(one.candidates().token(j));
                assertThat(other.candidates().logprob(place))
                        .isCloseTo(one.candidates().logprob(j), within(ROUNDING));
            }
            if (!Double.isNaN(one.logprob())) {
                assertThat(other.logprob()).isCloseTo(one.logprob(), within(ROUNDING));
            }
        }
    }

    private static List<Step> steps(Upstream upstream, GenerationRequest request, Map<Integer, Double> bias) {
        return Objects.requireNonNull(
                new TeacherForcing(upstream).steps(request, ANSWER, bias).block(BOUND));
    }

    private static String text(List<Step> steps) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        steps.stream().map(Step::drawn).map(Token::bytes).forEach(bytes::writeBytes);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static ChatRequest chat() {
        String body =
                "{\"model\":\"demo\",\"messages\":[{\"role\":\"user\",\"content\":\"name[The Eagle], food[Japanese],"
                        + " area[riverside]\"}]}";
        return ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    static Upstream upstream(DemoServer demo, DemoSettings settings, Continuation way, boolean echo) {
        Capabilities capabilities = new Capabilities(
                        FEW,
                        settings.shown(),
                        Truncation.Order.TEMPERATURE_FIRST,
                        way,
                        true,
                        300,
                        EndRecords.valueOf(settings.ends().name()),
                        Map.of(),
                        Map.of(),
                        1,
                        demo.context(),
                        4_096)
                .echoing(echo);
        URI url = URI.create("http://127.0.0.1:" + demo.port() + "/v1");
        return new Upstream(
                UpstreamSettings.of("demo", url, null, capabilities, demo.vocabulary()), new SimpleMeterRegistry());
    }
}
