package dev.trimtab.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Whatever a client writes, the gateway calls its own upstream, below its base URL, and nothing else. */
class OtherHostsIT {
    @TempDir
    Path folder;

    private FakeUpstream upstream;
    private FakeUpstream other;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(folder.resolve("kind"));
        Files.writeString(folder.resolve("kind/policy.yaml"), "preface: [{role: system, content: Be kind.}]");
        upstream = new FakeUpstream();
        upstream.answers(response -> response.sendString(Mono.just("{}")));
        other = new FakeUpstream();
        gateway = new RunningGateway(upstream.port(), RunningGateway.SETTINGS, folder, null);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
        other.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models/../../admin",
                "/v1/models/..",
                "/v1/models/%2e%2e/%2E%2E/admin",
                "/v1/models/..%2f..%2fadmin",
                "/v1/models/..%5c..%5cadmin",
                "/v1/models/%252e%252e/%252e%252e/admin",
                "/v1/models/..%252f..%252fadmin",
                "/v1/models/..;/..;x=1/admin",
                "/v1/embeddings/../../admin",
                "/v1/embeddings/./x",
                "/v1/files/%2e%2e;a/x",
                "/v1/../admin",
                "/v1/..%2f/admin",
            })
    void pathThatClimbs_isRefused_andNothingIsAsked(String path) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            String answer = send(method + " " + path + " HTTP/1.1\r\nhost: gateway\r\ncontent-length: 2\r\n"
                    + "connection: close\r\n\r\n{}");
            assertThat(answer).matches("(?s)HTTP/1.1 (400|404|405) .*");
        }
        assertThat(upstream.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//127.0.0.1:OTHER/v1/models",
                "http://127.0.0.1:OTHER/v1/models",
                "http://127.0.0.1:OTHER/v1/chat/completions",
                "http://user@127.0.0.1:OTHER/v1/models/m",
                "/v1//127.0.0.1:OTHER/v1/models",
                "/v1/@127.0.0.1:OTHER/",
                "/v1/http://127.0.0.1:OTHER/",
                "/v1/models?base_url=http://127.0.0.1:OTHER/&url=http://127.0.0.1:OTHER/",
            })
    void requestTarget_namesNoOtherHost(String target) throws Exception {
        String body = "{\"model\":\"m\",\"messages\":[]}";
        send("POST " + target.replace("OTHER", "" + other.port()) + " HTTP/1.1\r\nhost: gateway\r\ncontent-length: "
                + body.length() + "\r\nconnection: close\r\n\r\n" + body);

        assertThat(other.asked()).isEmpty();
        assertThat(upstream.asked()).allSatisfy(asked -> assertThat(asked.uri()).startsWith("/v1/"));
    }

    @Test
    void headersAndFields_nameNoOtherHost() throws Exception {
        String url = "http://127.0.0.1:" + other.port();
        String body = "{\"model\":\"m\",\"messages\":[],\"base_url\":\"" + url + "\",\"api_base\":\"" + url
                + "\",\"upstream\":\"" + url + "\",\"extra_body\":{\"base_url\":\"" + url + "\"}}";
        for (String path : new String[] {"/v1/chat/completions", "/v1/embeddings"}) {
            send("POST " + path + " HTTP/1.1\r\nhost: 127.0.0.1:" + other.port() + "\r\nx-forwarded-host: 127.0.0.1:"
                    + other.port() + "\r\nforwarded: host=127.0.0.1:" + other.port() + ";proto=http\r\nx-original-url: "
                    + url + "\r\nx-trimtab-upstream: " + url + "\r\nx-base-url: " + url + "\r\ncontent-length: "
                    + body.length() + "\r\nconnection: close\r\n\r\n" + body);
        }

        assertThat(other.asked()).isEmpty();
        assertThat(upstream.asked()).hasSize(2).allSatisfy(asked -> {
            HttpHeaders headers = asked.headers();
            assertThat(headers.getAll("host")).containsExactly("127.0.0.1:" + upstream.port());
        });
    }

    @Test
    void redirect_isTheClients_notFollowed() throws Exception {
        upstream.answers(response -> response.sendRedirect("http://127.0.0.1:" + other.port() + "/v1/models"));

        for (String path : new String[] {"/v1/models", "/v1/files/x"}) {
            assertThat(send("GET " + path + " HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 302 ");
        }
        assertThat(other.asked()).isEmpty();
    }

    private String send(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
