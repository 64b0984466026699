package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.upstream.UpstreamSettings;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** Nothing leaves the machine unencrypted, or to one that cannot prove its name, unless the settings say so. */
class TlsIT {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    @Test
    void selfSignedUpstream_isRefusedWithTheReason_untilItsCertificateIsTrusted() throws Exception {
        keys("dns:localhost,ip:127.0.0.1");
        DisposableServer upstream = upstream();
        try {
            HttpResponse<String> refused = ask(upstream.port(), null);
            assertThat(refused.statusCode()).isEqualTo(502);
            assertThat(refused.body())
                    .contains(
                            "The certificate of the upstream is not trusted", "trimtab.upstream.trusted-certificates");

            assertThat(ask(upstream.port(), folder.resolve("certificate.pem")).body())
                    .isEqualTo("{}");
        } finally {
            upstream.disposeNow();
        }
    }

    @Test
    void trustedUpstream_underAnotherName_isRefused() throws Exception {
        keys("dns:other.test");
        DisposableServer upstream = upstream();
        try {
            HttpResponse<String> refused = ask(upstream.port(), folder.resolve("certificate.pem"));
            assertThat(refused.statusCode()).isEqualTo(502);
            assertThat(refused.body()).contains("is not trusted", "(expected: one for localhost");
        } finally {
            upstream.disposeNow();
        }
    }

    @Test
    void certificates_thatCannotBeRead_failTheStart() throws Exception {
        Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "nonsense");
        assertThatThrownBy(() -> start("https://localhost:9/v1", nonsense))
                .hasStackTraceContaining("trimtab.upstream.trusted-certificates: " + nonsense
                        + " (expected: a PEM file of certificates)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.test/v1", "http://10.0.0.7:8000/v1", "http://localhost.example.test/v1"})
    void plaintextUrlOfAnotherMachine_isRefused_unlessItIsAllowed(String url) {
        assertThatThrownBy(() -> settings(url, false))
                .hasMessage(
                        "trimtab.upstream.base-url: " + url
                                + " (expected: https://…; trimtab.upstream.plaintext: true sends keys and prompts unencrypted)");
        assertThat(settings(url, true).baseUrl()).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://localhost:9/v1", "http://127.0.0.1:9/v1", "http://[::1]:9/v1", "https://example.test/v1"
            })
    void urlThatIsEncryptedOrStaysHere_isTaken(String url) {
        assertThat(settings(url, false).baseUrl()).hasToString(url);
    }

    private static UpstreamSettings settings(String url, boolean plaintext) {
        Map<String, Object> keys = Map.of("trimtab.upstream.base-url", url, "trimtab.upstream.plaintext", plaintext);
        return new Binder(new MapConfigurationPropertySource(keys))
                .bind("trimtab", TrimtabProperties.class)
                .get()
                .upstream()
                .settings();
    }

    private HttpResponse<String> ask(int port, @Nullable Path trusted) throws Exception {
        try (ConfigurableApplicationContext gateway = start("https://localhost:" + port + "/v1", trusted)) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(StartBlock.of(gateway).url() + "/v1/chat/completions"))
                    .timeout(Duration.ofSeconds(20))
                    .POST(BodyPublishers.ofString("{\"model\":\"m\",\"messages\":[]}"))
                    .build();
            return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        }
    }

    private ConfigurableApplicationContext start(String url, @Nullable Path trusted, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--server.port=0");
        arguments.add("--trimtab.policies-folder=" + folder.resolve("none"));
        arguments.add("--trimtab.upstream.probe=false");
        arguments.add("--trimtab.upstream.base-url=" + url);
        if (trusted != null) {
            arguments.add("--trimtab.upstream.trusted-certificates=" + trusted);
        }
        return Trimtab.start(arguments.toArray(String[]::new));
    }

    private DisposableServer upstream() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SslContext context = SslContextBuilder.forServer(managers).build();
        return HttpServer.create()
                .runOn(LoopResources.create("upstream"))
                .host("127.0.0.1")
                .port(0)
                .secure(ssl -> ssl.sslContext(context))
                .handle((request, response) -> response.sendString(Mono.just("{}")))
                .bindNow();
    }

    /** A key and its certificate, signed by itself, for some names. */
    private void keys(String names) throws Exception {
        keytool("-genkeypair", "-keyalg", "RSA", "-dname", "CN=test", "-validity", "3", "-ext", "san=" + names);
        keytool(
                "-exportcert",
                "-rfc",
                "-file",
                folder.resolve("certificate.pem").toString());
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(
                0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(
                "-alias", "test", "-keystore", folder.resolve("keys.p12").toString()));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).inheritIO().start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0)
                .isTrue();
    }
}
