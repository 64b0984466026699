package dev.trimtab.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** Policies that serve a request although its client chose none. */
class AttachmentsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private FakeUpstream upstream;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        policy("by-header", "serves: {headers: {X-Team: marketing}}");
        policy("by-model", "serves: {models: [large, larger]}");
        policy("chosen", "stage: off");
        policy("default", "stage: off");
        policy("of-key", "stage: off");
        upstream = new FakeUpstream();
        upstream.answers(response -> response.sendString(Mono.just("{}")));
        gateway = new RunningGateway(
                upstream.port(),
                new GatewaySettings(
                        List.of(
                                key("free", Set.of(), null),
                                key("own", Set.of(), "of-key"),
                                key("bound", Set.of("chosen"), null)),
                        "default",
                        "base",
                        DataSize.ofKilobytes(64),
                        DataSize.ofKilobytes(256),
                        100,
                        Duration.ofSeconds(2),
                        4,
                        Duration.ofMinutes(1)),
                folder,
                null);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void policy_isTheModels_elseTheHeaders_elseTheKeys_elseTheOneThatServesAHeader_elseTheModel_elseTheDefault() {
        assertThat(policy("free", "x-trimtab-policy: of-key", "x-team: marketing", "chosen"))
                .isEqualTo("chosen");
        assertThat(policy("own", "x-trimtab-policy: chosen", "x-team: marketing", "large"))
                .isEqualTo("chosen");
        assertThat(policy("own", "x-none: x", "x-team: marketing", "large")).isEqualTo("of-key");
        assertThat(policy("free", "x-none: x", "x-team: marketing", "large")).isEqualTo("by-header");
        assertThat(policy("free", "x-none: x", "x-team: sales", "large")).isEqualTo("by-model");
        assertThat(policy("free", "x-none: x", "x-none: x", "larger")).isEqualTo("by-model");
        assertThat(policy("free", "x-none: x", "x-none: x", "small")).isEqualTo("default");
        assertThat(upstream.asked().get(4).text()).contains("\"model\":\"large\"");
    }

    @Test
    void policyThatServesARequest_whichItsKeyMayNotChoose_isRefusedRatherThanLeftOut() {
        assertThat(policy("bound", "x-none: x", "x-none: x", "large")).isEqualTo("403");
        assertThat(upstream.asked()).isEmpty();
    }

    /** Its body would get out unsteered; that of another model passes byte for byte. */
    @Test
    void policyThatServesAModel_refusesWhatItCannotSteer() throws IOException {
        Files.writeString(
                folder.resolve("by-model/policy.yaml"),
                "preface: [{role: user, content: Hi.}]\nserves: {models: [large]}\n");
        gateway.close();
        gateway = new RunningGateway(upstream.port(), RunningGateway.SETTINGS, folder, null);

        assertThat(status("/v1/responses", "{\"model\":\"large\",\"input\":\"x\"}"))
                .isEqualTo(400);
        assertThat(status("/v1/responses", "{\"model\" : \"small\"}")).isEqualTo(200);
        assertThat(status("/v1/responses", "no JSON")).isEqualTo(200);
        assertThat(status("/v1/embeddings", "{\"model\":\"large\"}")).isEqualTo(200);
        assertThat(upstream.asked().get(0).text()).isEqualTo("{\"model\" : \"small\"}");
    }

    private int status(String path, String body) {
        return gateway.client()
                .post()
                .uri(path)
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8))))
                .response()
                .map(response -> response.status().code())
                .block(PATIENCE);
    }

    private void policy(String name, String yaml) throws IOException {
        Files.createDirectories(folder.resolve(name));
        String stage = yaml.contains("stage") ? "" : "stage: off\n";
        Files.writeString(folder.resolve(name).resolve("policy.yaml"), stage + yaml + "\n");
    }

    private static GatewayKey key(String name, Set<String> policies, String policy) throws Exception {
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(("sk-" + name).getBytes(StandardCharsets.UTF_8));
        return new GatewayKey(name, sha256, policies, policy, 9);
    }

    /** The policy that answered, or the status of a refusal. */
    private String policy(String key, String header, String other, String model) {
        return gateway.client()
                .headers(headers -> headers.set("authorization", "Bearer sk-" + key)
                        .set(header.split(": ")[0], header.split(": ")[1])
                        .set(other.split(": ")[0], other.split(": ")[1]))
                .post()
                .uri("/v1/chat/completions")
                .send(Mono.fromSupplier(() ->
                        Unpooled.wrappedBuffer(("{\"model\":\"" + model + "\"}").getBytes(StandardCharsets.UTF_8))))
                .response()
                .map(response -> response.status().code() == 200
                        ? response.responseHeaders().get("x-trimtab-policy")
                        : "" + response.status().code())
                .block(PATIENCE);
    }
}
