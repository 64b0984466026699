package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A greedy answer is the same however, and however often, it is resumed. */
class ContinuationIT {
    private static DemoServer demo;

    @BeforeAll
    static void start() {
        demo = DemoServer.start(DemoSettings.defaults());
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    @ParameterizedTest
    @CsvSource({"PREFILL, true", "TEXT, false", "PREFILL, false"})
    void greedyAnswer_resumedByText_equalsTheOneResumedByIds(Continuation continuation, boolean chat) {
        GenerationRequest request = chat ? chat() : completion();
        for (Route route : List.of(Route.DRAFTED, Route.STEPWISE)) {
            Answered byIds = answered(Continuation.TOKEN_IDS, request, route);
            Answered byText = answered(continuation, request, route);
            assertThat(byText.text()).isEqualTo(byIds.text());
            assertThat(byText.report().books().calls())
                    .isEqualTo(byIds.report().books().calls());
            assertThat(byText.report().books().replaced())
                    .isEqualTo(byIds.report().books().replaced());
            assertThat(byIds.report().books().calls()).isGreaterThan(1);
        }
    }

    private static Answered answered(Continuation continuation, GenerationRequest request, Route route) {
        Policy policy = Answered.policy(
                route, FailureMode.CLOSED, Bias.NONE, new FixedScorer(token -> token.id() % 5 == 0 ? 1.5 : 0));
        try (Upstream upstream = upstream(continuation)) {
            return Answered.of(Answered.steering(upstream, 1)
                    .steer(request, policy, null, false)
                    .parts()
                    .collectList()
                    .block(Duration.ofMinutes(1)));
        }
    }

    private static Upstream upstream(Continuation continuation) {
        Capabilities capabilities = new Capabilities(
                20,
                ShownLaw.BIASED,
                Truncation.Order.TEMPERATURE_FIRST,
                continuation,
                continuation == Continuation.TOKEN_IDS,
                0,
                EndRecords.SHOWN,
                Map.of(),
                Map.of(),
                1,
                demo.context(),
                4_096);
        URI url = URI.create("http://127.0.0.1:" + demo.port() + "/v1");
        return new Upstream(UpstreamSettings.of("demo", url, null, capabilities, null), new SimpleMeterRegistry());
    }

    private static GenerationRequest chat() {
        String body =
                "{\"model\":\"demo\",\"temperature\":0,\"max_tokens\":40,\"messages\":[{\"role\":\"user\",\"content\":"
                        + "\"name[The Eagle], eatType[coffee shop], food[Japanese], area[riverside]\"}]}";
        return ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static GenerationRequest completion() {
        String body = "{\"model\":\"demo\",\"temperature\":0,\"max_tokens\":20,\"prompt\":\"The Eagle is\"}";
        return CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}
