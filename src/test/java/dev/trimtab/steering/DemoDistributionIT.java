package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.Json;
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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * The distribution law against the demo model over HTTP: the second token behind each first one, 6,000 answers a route, by a
 * G-test on the tokens that the target makes frequent; fixed seeds, threshold z &lt; 4.
 */
class DemoDistributionIT {
    private static final int VOCABULARY = 4_096;
    private static final int ANSWERS = 6_000;
    private static final String PROMPT = "The Eagle is";

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"DRAFTED", "STEPWISE"})
    void emittedTokens_followTheTarget(Route route) throws Exception {
        DemoSettings settings = DemoSettings.defaults();
        DemoSettings open = new DemoSettings(
                0, Duration.ZERO, Duration.ZERO, VOCABULARY, ShownLaw.BIASED, settings.ends(), settings.quirks());
        try (DemoServer demo = DemoServer.start(settings);
                DemoServer oracle = DemoServer.start(open);
                Upstream upstream = upstream(demo)) {
            Policy policy =
                    Answered.policy(route, FailureMode.CLOSED, Bias.NONE, new FixedScorer(token -> score(token.id())));
            Steering steering = Answered.steering(upstream, 1);
            long[] first = new long[VOCABULARY];
            long[] second = new long[VOCABULARY];
            double[] ofFirst = target(law(oracle, "\"" + PROMPT + "\""));
            int likely = falling(ofFirst)[0];
            for (int batch = 0; batch < ANSWERS / 100; batch++) {
                List<AnswerPart> parts = steering.steer(request(batch), policy, null, false)
                        .parts()
                        .collectList()
                        .block(Duration.ofMinutes(2));
                for (int choice = 0; choice < 100; choice++) {
                    int index = choice;
                    List<Integer> ids = Answered.of(parts.stream()
                                    .filter(part -> part.choice() == index)
                                    .toList())
                            .ids();
                    first[ids.isEmpty() ? 0 : ids.get(0)]++;
                    if (!ids.isEmpty() && ids.get(0) == likely) {
                        second[ids.size() > 1 ? ids.get(1) : 0]++;
                    }
                }
            }
            assertThat(GTest.z(first, ofFirst)).isLessThan(4);
            assertThat(Arrays.stream(second).sum()).isGreaterThan(1_000);
            assertThat(GTest.z(second, target(law(oracle, prefix(oracle, likely)))))
                    .isLessThan(4);
        }
    }

    private static Upstream upstream(DemoServer demo) {
        Capabilities capabilities = new Capabilities(
                20,
                ShownLaw.BIASED,
                Truncation.Order.TEMPERATURE_FIRST,
                Continuation.TOKEN_IDS,
                true,
                300,
                EndRecords.SHOWN,
                Map.of("top_k", 0.0, "min_p", 0.0),
                Map.of(),
                1,
                demo.context(),
                VOCABULARY);
        URI url = URI.create("http://127.0.0.1:" + demo.port() + "/v1");
        return new Upstream(UpstreamSettings.of("demo", url, null, capabilities, null), new SimpleMeterRegistry());
    }

    private static CompletionRequest request(int seed) {
        String body = "{\"model\":\"demo\",\"prompt\":\"" + PROMPT
                + "\",\"logprobs\":0,\"max_tokens\":2,\"n\":100,\"seed\":" + seed + "}";
        return CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static double score(int id) {
        return 1.2 * Math.sin(2.3 * id);
    }

    /** DESIGN's p at temperature 1 with S the 20 most likely tokens, whose share is kept. */
    private static double[] target(double[] law) {
        int[] top = Arrays.copyOf(falling(law), 20);
        double before = Arrays.stream(top).mapToDouble(v -> law[v]).sum();
        double after =
                Arrays.stream(top).mapToDouble(v -> law[v] * Math.exp(score(v))).sum();
        double[] p = law.clone();
        for (int v : top) {
            p[v] *= Math.exp(score(v)) * before / after;
        }
        return p;
    }

    private static int[] falling(double[] law) {
        return IntStream.range(0, law.length)
                .boxed()
                .sorted((a, b) -> Double.compare(law[b], law[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static String prefix(DemoServer oracle, int next) throws Exception {
        JsonNode tokens =
                post(oracle, "/tokenize", "{\"content\":\"" + PROMPT + "\"}").path("tokens");
        String ids = tokens.toString();
        return ids.substring(0, ids.length() - 1) + "," + next + "]";
    }

    private static double[] law(DemoServer oracle, String prompt) throws Exception {
        JsonNode answer = post(
                oracle,
                "/v1/completions",
                "{\"model\":\"demo\",\"max_tokens\":1,\"logprobs\":" + VOCABULARY + ",\"prompt\":" + prompt + "}");
        double[] law = new double[VOCABULARY];
        answer.at("/choices/0/logprobs/content/0/top_logprobs")
                .forEach(candidate -> law[candidate.path("id").asInt()] =
                        Math.exp(candidate.path("logprob").asDouble()));
        assertThat(Arrays.stream(law).sum()).isBetween(0.9999, 1.0001);
        return law;
    }

    private static JsonNode post(DemoServer server, String path, String body) throws Exception {
        HttpResponse<byte[]> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        return Json.mapper().readTree(response.body());
    }
}
