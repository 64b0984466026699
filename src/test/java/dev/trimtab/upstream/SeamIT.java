package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo's greedy answers, cut and resumed however often, are those in one piece. */
class SeamIT {
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
    @CsvSource({
        "TOKEN_IDS, true, NONE, true",
        "TOKEN_IDS, false, TOKENIZE, true",
        "PREFILL, false, NONE, true",
        "TOKEN_IDS, true, NONE, false",
        "TOKEN_IDS, false, TOKENIZE, false",
        "TEXT, false, NONE, false"
    })
    void greedyAnswer_inPieces_isTheOneInOnePiece(
            Continuation continuation, boolean told, Template template, boolean chat) {
        try (Upstream upstream = upstream(continuation, told, template)) {
            for (String place : new String[] {"The Eagle", "Café Étoile"}) {
                GenerationRequest request = chat ? chat(place) : completion(place);
                String whole = ForcedCuts.text(ForcedCuts.every(Integer.MAX_VALUE, 24, upstream, request));
                assertThat(whole).isNotEmpty();
                for (int cut : new int[] {1, 2, 3, 7}) {
                    assertThat(ForcedCuts.text(ForcedCuts.every(cut, 24, upstream, request)))
                            .as("cut every %s tokens", cut)
                            .isEqualTo(whole);
                }
            }
        }
    }

    private static Upstream upstream(Continuation continuation, boolean told, Template template) {
        Capabilities capabilities = new Capabilities(
                20,
                ShownLaw.BIASED,
                Truncation.Order.TEMPERATURE_FIRST,
                continuation,
                told,
                0,
                EndRecords.SHOWN,
                Map.of(),
                Map.of(),
                1,
                demo.context(),
                4_096,
                false,
                false,
                template,
                false);
        URI url = URI.create("http://127.0.0.1:" + demo.port() + "/v1");
        return new Upstream(UpstreamSettings.of("demo", url, null, capabilities, null), new SimpleMeterRegistry());
    }

    private static GenerationRequest chat(String place) {
        String body = "{\"model\":\"demo\",\"messages\":[{\"role\":\"user\",\"content\":\"name[" + place
                + "], eatType[coffee shop], food[Japanese], area[riverside]\"}]}";
        return ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static GenerationRequest completion(String place) {
        String body = "{\"model\":\"demo\",\"prompt\":\"" + place + " is\"}";
        return CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}
