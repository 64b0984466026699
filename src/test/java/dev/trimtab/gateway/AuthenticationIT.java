package dev.trimtab.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.Json;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.databind.JsonNode;

/** A gateway that asks for a key. */
class AuthenticationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String MODEL = "{\"model\":\"m\"}";

    @TempDir
    Path folder;

    private FakeUpstream upstream;
    private RunningGateway gateway;

    private record Answer(
            int status, @Nullable String policy, @Nullable String challenge, JsonNode body) {
        String error(String field) {
            return body.path("error").path(field).asString("");
        }
    }

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("mine", "other", "default")) {
            Files.createDirectories(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("policy.yaml"), "stage: off\nmodel: x\n");
        }
        upstream = new FakeUpstream();
        upstream.answers(response -> response.sendString(Mono.just("{\"object\":\"list\",\"data\":[]}")));
        gateway = gateway(null);
    }

    private RunningGateway gateway(@Nullable ApiKey ofUpstream) throws Exception {
        GatewaySettings settings = new GatewaySettings(
                List.of(
                        key("free", Set.of(), null, 9),
                        key("bound", Set.of("mine"), "mine", 9),
                        key("single", Set.of(), null, 1),
                        key("attached", Set.of(), "other", 9)),
                "default",
                "base",
                DataSize.ofKilobytes(64),
                DataSize.ofKilobytes(256),
                100,
                Duration.ofSeconds(2),
                4,
                Duration.ofMinutes(1));
        return new RunningGateway(upstream.port(), settings, folder, ofUpstream);
    }

    private static GatewayKey key(String name, Set<String> policies, @Nullable String policy, int concurrent)
            throws Exception {
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(("sk-" + name).getBytes(StandardCharsets.UTF_8));
        return new GatewayKey(name, sha256, policies, policy, concurrent);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer sk-nobody", "Basic sk-free", "sk-free", "Bearer sk-free2"})
    void request_withoutAKeyOfTheGateways_isRefused(String authorization) {
        Answer answer = post(authorization, "x-none", MODEL);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.challenge()).isEqualTo("Bearer");
        assertThat(answer.error("code")).isEqualTo("invalid_api_key");
        assertThat(answer.body().toString()).doesNotContain("sk-");
        assertThat(upstream.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-free", "bearer sk-free", "Bearer  sk-free "})
    void request_withAKey_goesUpstreamWithoutIt(String authorization) {
        assertThat(post(authorization, "x-none", MODEL).status()).isEqualTo(200);

        assertThat(upstream.asked()).singleElement().satisfies(asked -> assertThat(
                        asked.headers().contains("authorization"))
                .isFalse());
    }

    @Test
    void actuator_toAct_needsAKey_andToLookAtNone() {
        assertThat(ask("", "/actuator/capabilities", HttpMethod.POST).status()).isEqualTo(401);
        assertThat(ask("Bearer sk-free", "/actuator/capabilities", HttpMethod.POST)
                        .status())
                .isEqualTo(404);
        assertThat(ask("", "/actuator/capabilities", HttpMethod.GET).status()).isEqualTo(404);
    }

    @Test
    void request_withAKey_goesUpstreamWithTheUpstreamsOwn() throws Exception {
        gateway.close();
        gateway = gateway(new ApiKey("sk-upstream"));

        post("Bearer sk-free", "x-none", MODEL);

        assertThat(upstream.asked().get(0).headers().get("authorization")).isEqualTo("Bearer sk-upstream");
    }

    @Test
    void request_thatChoosesNoPolicy_hasItsKeysElseTheDefault() {
        assertThat(post("Bearer sk-attached", "x-none", MODEL).policy()).isEqualTo("other");
        assertThat(post("Bearer sk-bound", "x-none", MODEL).policy()).isEqualTo("mine");
        assertThat(post("Bearer sk-free", "x-none", MODEL).policy()).isEqualTo("default");
        assertThat(post("Bearer sk-attached", "mine", MODEL).policy()).isEqualTo("mine");
    }

    @Test
    void policy_thatAKeyMayNotChoose_isForbiddenByHeaderAndByModel() {
        assertThat(post("Bearer sk-bound", "mine", MODEL).status()).isEqualTo(200);

        Answer byHeader = post("Bearer sk-bound", "other", MODEL);
        Answer byModel = post("Bearer sk-bound", "x-none", "{\"model\":\"other\"}");

        assertThat(byHeader.status()).isEqualTo(403);
        assertThat(byHeader.error("message"))
                .isEqualTo("x-trimtab-policy: other (expected: a policy that this key may choose)");
        assertThat(byModel.status()).isEqualTo(403);
        assertThat(byModel.error("param")).isEqualTo("model");
        assertThat(upstream.asked()).hasSize(1);
    }

    @Test
    void models_areThoseThatTheKeyMayChoose() {
        assertThat(ids(get("Bearer sk-bound", "/v1/models"))).containsExactly("mine");
        assertThat(ids(get("Bearer sk-free", "/v1/models"))).containsExactly("default", "mine", "other");
        assertThat(get("", "/v1/models").status()).isEqualTo(401);
    }

    @Test
    void key_withTooManyRequestsInFlight_isToldToComeBack_andOthersAreNot() throws Exception {
        upstream.answers(response -> Mono.never());
        var first = gateway.client()
                .headers(headers -> headers.set("authorization", "Bearer sk-single"))
                .post()
                .uri("/v1/completions")
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(MODEL.getBytes(StandardCharsets.UTF_8))))
                .response()
                .subscribe();
        upstream.awaitAsked();
        upstream.answers(response -> response.sendString(Mono.just("{}")));

        assertThat(post("Bearer sk-single", "x-none", MODEL).status()).isEqualTo(429);
        assertThat(post("Bearer sk-free", "x-none", MODEL).status()).isEqualTo(200);
        first.dispose();
        upstream.awaitClosed();
    }

    private static List<String> ids(Answer answer) {
        return answer.body()
                .path("data")
                .valueStream()
                .map(entry -> entry.path("id").asString())
                .toList();
    }

    private Answer post(String authorization, String policy, String body) {
        return gateway.client()
                .headers(headers -> {
                    headers.set("authorization", authorization);
                    if (!policy.equals("x-none")) {
                        headers.set("x-trimtab-policy", policy);
                    }
                })
                .post()
                .uri("/v1/chat/completions")
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8))))
                .responseSingle((response, bytes) -> bytes.asByteArray().map(read -> answer(response, read)))
                .block(PATIENCE);
    }

    private Answer get(String authorization, String uri) {
        return ask(authorization, uri, HttpMethod.GET);
    }

    private Answer ask(String authorization, String uri, HttpMethod method) {
        return gateway.client()
                .headers(headers -> headers.set("authorization", authorization))
                .request(method)
                .uri(uri)
                .responseSingle((response, bytes) -> bytes.asByteArray().map(read -> answer(response, read)))
                .block(PATIENCE);
    }

    private static Answer answer(HttpClientResponse response, byte[] body) {
        return new Answer(
                response.status().code(),
                response.responseHeaders().get("x-trimtab-policy"),
                response.responseHeaders().get("www-authenticate"),
                Json.mapper().readTree(body));
    }
}
