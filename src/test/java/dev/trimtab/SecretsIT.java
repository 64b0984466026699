package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trimtab.openai.Json;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A gateway in a process of its own, in front of an upstream that repeats every key it is given, through successes, refusals
 * and failures: nothing that it writes has a key, a prompt or an answer in it, and no answer has its key.
 */
class SecretsIT {
    private static final String UPSTREAM_KEY = "sk-upstream-4f1c77a0e2";
    private static final String GATEWAY_KEY = "sk-gateway-b81d06f3c9";
    private static final String CLIENT_KEY = "sk-client-93ad5e7712";
    private static final String PROMPT = "prompt-secret-1a2b3c";
    private static final String ANSWER = "answer-secret-9z8y7x";
    private static final List<String> SECRETS = List.of(UPSTREAM_KEY, GATEWAY_KEY, CLIENT_KEY, PROMPT, ANSWER);
    private static final Pattern READY = Pattern.compile("ready: (http://[^/\\s]+)");
    private static final Duration BOUND = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> bodies = new ArrayList<>();
    private DisposableServer upstream;
    private Process gateway;
    private String url;
    private String key;

    @BeforeEach
    void startUpstream() throws IOException {
        for (String route : List.of("drafted", "stepwise")) {
            Path policy = Files.createDirectories(folder.resolve("policies").resolve(route));
            Files.writeString(policy.resolve("policy.yaml"), "bias: bias.tsv\nroute: " + route + "\n");
            Files.writeString(policy.resolve("bias.tsv"), "\" other\"\t2\n");
        }
        upstream = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .asString()
                        .defaultIfEmpty("")
                        .flatMapMany(body -> answer(request, response, body))
                        .then())
                .bindNow();
    }

    @AfterEach
    void stop() throws InterruptedException {
        gateway.destroy();
        gateway.waitFor(20, TimeUnit.SECONDS);
        upstream.disposeNow();
    }

    @Test
    void nothingThatIsWritten_hasASecretInIt() throws Exception {
        key = GATEWAY_KEY;
        start("--trimtab.keys.team.sha256=" + sha256(GATEWAY_KEY), "--trimtab.upstream.probe=true");
        drive();
        await().atMost(BOUND).until(() -> Files.exists(folder.resolve("probes.json")));

        assertSilent();
        assertThat(Files.size(folder.resolve("trimtab.log"))).isPositive();
        assertThat(bodies).allSatisfy(body -> assertThat(body).doesNotContain(UPSTREAM_KEY, GATEWAY_KEY));
        assertThat(bodies).anySatisfy(body -> assertThat(body).contains("no such key: Bearer ***"));
        assertThat(bodies).anySatisfy(body -> assertThat(body).contains(ANSWER));
    }

    @Test
    void clientsOwnKey_thatGoesUpstream_isWrittenNowhere() throws Exception {
        key = CLIENT_KEY;
        start("--trimtab.upstream.api-key=", "--trimtab.upstream.probe=false");
        drive();

        assertSilent();
    }

    private void assertSilent() throws Exception {
        gateway.destroy();
        assertThat(gateway.waitFor(30, TimeUnit.SECONDS)).isTrue();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(SECRETS);
            }
        }
        assertThat(Files.readString(folder.resolve("written"))).contains("ready: ");
    }

    /** What a client can do, and what can go wrong. */
    private void drive() throws Exception {
        for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses")) {
            for (String model :
                    List.of("m", "refuse", "event", "break", "stall", "echo", "drafted", "stepwise", "nobody")) {
                for (boolean stream : new boolean[] {true, false}) {
                    String body = "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"prompt\":\"" + PROMPT
                            + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]}";
                    post(path, "Bearer " + key, body);
                    post(path + "?model=" + model, "Bearer " + key, body);
                }
            }
            post(path, "Bearer wrong-" + GATEWAY_KEY, "{\"model\":\"m\"}");
            post(path, "Bearer " + key, "{\"model\":\"drafted\",\"messages\":\"" + PROMPT + "\"");
            post(path, "Bearer " + key, "{\"model\":\"drafted\",\"tools\":[{\"" + PROMPT + "\":1}],\"messages\":[]}");
        }
        for (String path : List.of(
                "/v1/models",
                "/v1/models/refuse",
                "/v1/models/../x",
                "/actuator",
                "/actuator/env",
                "/actuator/configprops",
                "/actuator/heapdump",
                "/actuator/loggers",
                "/actuator/health",
                "/actuator/beans",
                "/actuator/prometheus",
                "/actuator/capabilities",
                "/",
                "/livez")) {
            keep(path, client.send(request(path).GET().build(), BodyHandlers.ofString()));
        }
        post("/actuator/capabilities", "Bearer " + key, "{}");
    }

    private void post(String path, String authorization, String body) throws Exception {
        HttpRequest request = request(path)
                .setHeader("authorization", authorization)
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            keep(path, client.send(request, BodyHandlers.ofString()));
        } catch (IOException brokenOff) {
            bodies.add(String.valueOf(brokenOff.getMessage()));
        }
    }

    /** What is not the API has no secret in it either. */
    private void keep(String path, HttpResponse<String> response) {
        String answer = response.headers().map() + response.body();
        bodies.add(answer);
        if (!path.startsWith("/v1/")) {
            assertThat(answer).as(path).doesNotContain(SECRETS);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(BOUND)
                .header("content-type", "application/json")
                .header("authorization", "Bearer " + key);
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, String body) {
        String given = request.requestHeaders().get("authorization", "none");
        if (request.uri().contains("/refuse") || body.contains("\"refuse\"")) {
            return response.status(401)
                    .header("content-type", "application/json")
                    .header("x-given", given)
                    .sendString(Mono.just(
                            "{\"error\":{\"message\":\"no such key: " + given + "\",\"code\":\"" + given + "\"}}"));
        }
        if (body.contains("\"stall\"")) {
            return Mono.never();
        }
        if (body.contains("\"break\"")) {
            return response.header("content-type", "text/event-stream")
                    .send(Mono.just(Unpooled.copiedBuffer("data: {\"choices\":[{\"de", StandardCharsets.UTF_8)))
                    .then(Mono.error(new IllegalStateException("broken")));
        }
        if (body.isEmpty()) {
            return response.header("content-type", "application/json")
                    .sendString(Mono.just("{\"object\":\"list\",\"data\":[{\"id\":\"echo\"}]}"));
        }
        String text = (body.contains(PROMPT) ? ANSWER : "Once") + (body.contains("\"m\"") ? "" : " " + given);
        boolean streams = Json.object(body.getBytes(StandardCharsets.UTF_8))
                .path("stream")
                .asBoolean(false);
        String last = body.contains("\"event\"")
                ? "{\"error\":{\"message\":\"" + given + "\"}}"
                : "{\"choices\":[{\"index\":0,\"delta\":{},\"text\":\"\",\"finish_reason\":\"stop\"}]}";
        String content = "\"delta\":{\"content\":\"" + text + "\"},\"message\":{\"content\":\"" + text
                + "\"},\"text\":\"" + text + "\"";
        String events = "data: {\"choices\":[{\"index\":0," + content + "}]}\n\ndata: " + last + "\n\ndata: [DONE]\n\n";
        String whole = "{\"choices\":[{\"index\":0," + content + ",\"finish_reason\":\"stop\"}]}";
        return response.header("content-type", streams ? "text/event-stream" : "application/json")
                .sendString(Mono.just(streams ? events : whole));
    }

    private void start(String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Trimtab.class.getName(),
                "--server.port=0",
                "--logging.level.dev.trimtab=DEBUG",
                "--logging.file.name=" + folder.resolve("trimtab.log"),
                "--trimtab.policies-folder=" + folder.resolve("policies"),
                "--trimtab.upstream.base-url=http://127.0.0.1:" + upstream.port() + "/v1",
                "--trimtab.upstream.model=echo",
                "--trimtab.upstream.probe-file=" + folder.resolve("probes.json"),
                "--trimtab.upstream.timeouts.first-token=500ms",
                "--trimtab.upstream.timeouts.idle=500ms",
                "--trimtab.upstream.timeouts.whole=500ms",
                "--trimtab.upstream.breaker.failure-rate=100",
                "--trimtab.upstream.breaker.calls=10000",
                "--trimtab.upstream.retry.attempts=1",
                "--trimtab.upstream.capabilities.top-logprobs=3",
                "--trimtab.upstream.capabilities.continuation=prefill"));
        command.addAll(List.of(settings));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("written").toFile());
        builder.environment().put("TRIMTAB_UPSTREAM_API_KEY", UPSTREAM_KEY);
        gateway = builder.start();
        await().atMost(BOUND).until(() -> ready() != null);
        url = ready();
    }

    private String ready() throws IOException {
        Matcher ready = READY.matcher(Files.readString(folder.resolve("written")));
        return ready.find() ? ready.group(1) : null;
    }

    private static String sha256(String key) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    }
}
