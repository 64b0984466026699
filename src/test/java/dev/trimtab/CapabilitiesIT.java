package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.gateway.Backends;
import dev.trimtab.openai.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The whole application in front of an upstream of which nothing is configured but where it is. An application that closes
 * takes along the threads that serve the demo, so each has one of its own.
 */
class CapabilitiesIT {
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final String ASK = "{\"model\":\"favourite\",\"temperature\":0,\"max_tokens\":8,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"name[The Eagle], food[Japanese]\"}]}";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void policyThatWeighsTokens_isRefusedByReason_untilTheUpstreamIsProbed() throws Exception {
        try (ConfigurableApplicationContext context = start(9, "trimtab.upstream.probe=false")) {
            HttpResponse<String> refused = post(context, "/v1/chat/completions", ASK);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("lacks it: top-logprobs: 0");
            assertThat(known(context).path("probe").isNull()).isTrue();
        }
        try (DemoServer server = DemoServer.start(DemoSettings.defaults());
                ConfigurableApplicationContext context = start(server.port())) {
            await().atMost(BOUND).until(() -> known(context).path("probe").isObject());

            assertThat(known(context).at("/capabilities/topLogprobs").intValue())
                    .isEqualTo(20);
            assertThat(known(context).path("probe").path("findings").size()).isGreaterThan(20);
            HttpResponse<String> steered = post(context, "/v1/chat/completions", ASK);
            assertThat(steered.statusCode()).as(steered.body()).isEqualTo(200);
            assertThat(steered.headers().firstValue("x-trimtab-route")).hasValue("drafted");
            await().atMost(BOUND).until(() -> Files.exists(folder.resolve("probes.json")));
        }
    }

    @Test
    void statedCapability_winsOverTheFoundOne_andPostProbesAgain() throws Exception {
        try (DemoServer server = DemoServer.start(DemoSettings.defaults());
                ConfigurableApplicationContext context =
                        start(server.port(), "trimtab.upstream.capabilities.top-logprobs=3")) {
            await().atMost(BOUND).until(() -> known(context).path("probe").isObject());
            long calls = server.calls();

            JsonNode again = Json.mapper()
                    .readTree(post(context, "/actuator/capabilities", "{}").body())
                    .at("/upstreams/0");

            assertThat(server.calls()).isGreaterThan(calls + 10);
            assertThat(again.at("/capabilities/topLogprobs").intValue()).isEqualTo(3);
            assertThat(again.at("/probe/capabilities/topLogprobs").intValue()).isEqualTo(20);
        }
    }

    @Test
    void upstreamThatIsDown_delaysNoStart() {
        long start = System.nanoTime();
        try (ConfigurableApplicationContext context = start(9)) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            assertThat(context.getBean(Backends.class).first().capabilities().whyNotSteerable(true))
                    .isNotNull();
        }
    }

    private ConfigurableApplicationContext start(int upstream, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--trimtab.upstream.base-url=http://127.0.0.1:" + upstream + "/v1",
                "--trimtab.policies-folder=" + policies(),
                "--trimtab.upstream.probe-file=" + folder.resolve("probes.json"),
                "--trimtab.upstream.model=demo"));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return Trimtab.start(arguments.toArray(String[]::new));
    }

    /** One policy, which weighs tokens at any upstream. */
    private Path policies() {
        try {
            Path policy = Files.createDirectories(folder.resolve("policies").resolve("favourite"));
            Files.writeString(policy.resolve("policy.yaml"), "bias: bias.tsv\n");
            Files.writeString(policy.resolve("bias.tsv"), "\" Japanese\"\t2\n");
            return folder.resolve("policies");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode known(ConfigurableApplicationContext context) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(StartBlock.of(context).url() + "/actuator/capabilities"))
                .build();
        return Json.mapper()
                .readTree(client.send(request, BodyHandlers.ofString()).body())
                .at("/upstreams/0");
    }

    private HttpResponse<String> post(ConfigurableApplicationContext context, String path, String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(StartBlock.of(context).url() + path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
