package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoQuirks;
import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Ends;
import dev.trimtab.openai.Json;
import dev.trimtab.token.ShownLaw;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The whole application in front of the demo model, of which it is told that it does not go on with an answer. */
class ResampledIT {
    private static final String EAGLE = "\"messages\":[{\"role\":\"user\",\"content\":\"name[The Eagle],"
            + " eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]\"}]";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @CsvSource({"20, per-step", "0, whole-answer"})
    void voice_withoutContinuation_isDrawnAmongDrafts_streamedAsWhole(int shown, String law) throws Exception {
        voice();
        try (DemoServer demo = demo(shown);
                ConfigurableApplicationContext context = start(demo, shown)) {
            int voiced = 0;
            for (int seed = 0; seed < 6; seed++) {
                String ask = "{\"model\":\"voice\",\"seed\":" + seed + ",\"max_tokens\":60," + EAGLE;
                HttpResponse<String> whole = post(context, ask + "}");
                assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
                assertThat(whole.headers().firstValue("x-trimtab-route")).hasValue("resampled");
                assertThat(whole.headers().firstValue("x-trimtab-law")).hasValue(law + "; approximate");
                JsonNode json = Json.mapper().readTree(whole.body());
                JsonNode report = json.at("/trimtab/choices/0");
                assertThat(report.at("/resampled/drafts").intValue()).isEqualTo(16);
                assertThat(report.at("/resampled/effective_sample_size").doubleValue())
                        .isBetween(1.0, report.at("/resampled/distinct").doubleValue() + 1e-9);
                assertThat(report.path("calls").intValue()).isEqualTo(1);
                assertThat(report.path("drafted").intValue())
                        .isEqualTo(report.path("kept").intValue()
                                + report.path("unsteered").intValue()
                                + report.path("discarded").intValue());
                String text = json.at("/choices/0/message/content").stringValue();
                voiced += text.contains("you") ? 1 : 0;
                assertThat(streamed(post(context, ask + ",\"stream\":true}").body()))
                        .isEqualTo(text);
            }
            assertThat(voiced).isPositive();
            assertThat(post(context, "{\"model\":\"voice\",\"temperature\":0," + EAGLE + "}")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void phrases_withoutContinuation_areRejectedExactly() throws Exception {
        Files.createDirectories(folder.resolve("fair"));
        Files.writeString(
                folder.resolve("fair/policy.yaml"),
                "model: demo\nroute: drafted-or-resampled\nnegative: {rules: [{name: p, phrases: [cheap, price]}]}\n");
        try (DemoServer demo = demo(0);
                ConfigurableApplicationContext context = start(demo, 0)) {
            for (int seed = 0; seed < 6; seed++) {
                HttpResponse<String> answer =
                        post(context, "{\"model\":\"fair\",\"seed\":" + seed + ",\"temperature\":1.2," + EAGLE + "}");
                assertThat(answer.headers().firstValue("x-trimtab-law")).hasValue("whole-answer; exact");
                JsonNode json = Json.mapper().readTree(answer.body());
                assertThat(json.at("/choices/0/message/content").asString()).doesNotContain("cheap", "price");
                assertThat(json.at("/trimtab/choices/0/resampled/approximate").booleanValue())
                        .isFalse();
            }
        }
    }

    private void voice() throws IOException {
        Path voice = Files.createDirectories(folder.resolve("voice"));
        for (String file : List.of("model.onnx", "tokenizer.json")) {
            Files.copy(Path.of("config/policies/brand-voice", file), voice.resolve(file));
        }
        Files.writeString(
                voice.resolve("policy.yaml"),
                "model: demo\nroute: drafted-or-resampled\nlimits: {drafts: 16}\n"
                        + "scorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]\n");
    }

    private static DemoServer demo(int shown) {
        return DemoServer.start(
                new DemoSettings(0, Duration.ZERO, Duration.ZERO, shown, ShownLaw.BIASED, Ends.SHOWN, DemoQuirks.NONE));
    }

    private ConfigurableApplicationContext start(DemoServer demo, int shown) {
        return Trimtab.start(
                "--server.port=0",
                "--trimtab.policies-folder=" + folder,
                "--trimtab.upstream.base-url=http://127.0.0.1:" + demo.port() + "/v1",
                "--trimtab.upstream.probe=false",
                "--trimtab.upstream.probe-file=" + folder.resolve("probes.json"),
                "--trimtab.upstream.capabilities.top-logprobs=" + shown,
                "--trimtab.upstream.capabilities.shown-law=biased",
                "--trimtab.upstream.capabilities.end-records=shown",
                "--trimtab.upstream.capabilities.continuation=none");
    }

    private HttpResponse<String> post(ConfigurableApplicationContext context, String body) throws Exception {
        URI url = URI.create(StartBlock.of(context).url() + "/v1/chat/completions");
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("x-trimtab-explain", "counts")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static String streamed(String events) {
        List<String> texts = new ArrayList<>();
        for (String line : events.split("\n")) {
            if (line.startsWith("data: {")) {
                JsonNode chunk = Json.mapper().readTree(line.substring(6));
                texts.add(chunk.at("/choices/0/delta/content").asString(""));
            }
        }
        return String.join("", texts);
    }
}
