package dev.trimtab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.bench.PassingBench.Server;
import dev.trimtab.bench.PassingBench.Times;
import dev.trimtab.openai.SseReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixed upstream, the bare proxy before it, and the table of a bench that is too short to mean anything. */
class PassingBenchIT {
    private static final Duration MOMENT = Duration.ofMillis(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private LoopbackServer upstream;
    private LoopbackServer proxy;

    @BeforeEach
    void start() {
        upstream = LoopbackServer.fixedUpstream();
        proxy = LoopbackServer.bareProxy(upstream.url());
    }

    @AfterEach
    void stop() {
        proxy.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void proxy_passesTheUpstreamsAnswerByteForByte(boolean stream) throws Exception {
        HttpResponse<byte[]> direct = ask(upstream.url(), stream);
        HttpResponse<byte[]> passed = ask(proxy.url(), stream);

        assertThat(direct.statusCode()).isEqualTo(200);
        assertThat(direct.body()).hasSize(Canned.of(stream).length());
        assertThat(passed.body()).isEqualTo(direct.body());
        assertThat(passed.headers().map()).isEqualTo(direct.headers().map());
    }

    @Test
    void upstream_askedForAStream_sends64ChunksAndTheirEnd() throws Exception {
        assertThat(new SseReader().feed(ask(upstream.url(), true).body())).hasSize(65);
    }

    @Test
    void run_ofAMoment_tellsEveryServerInARow() {
        long pid = ProcessHandle.current().pid();
        List<Server> servers = List.of(
                new Server("direct", upstream.url(), pid),
                new Server("floor", proxy.url(), pid),
                new Server("another", proxy.url(), pid));
        List<String> progress = new ArrayList<>();

        try (PassingBench bench = new PassingBench(servers, progress::add)) {
            List<String> lines = bench.run(new Times(MOMENT, MOMENT, 2)).lines().toList();

            assertThat(lines)
                    .hasSize(5)
                    .allMatch(line -> line.chars().filter(c -> c == '|').count() == 9);
            assertThat(lines.get(2)).startsWith("| direct | ");
            assertThat(lines.get(3)).startsWith("| floor | ").doesNotContain("×");
            assertThat(lines.get(4)).startsWith("| another | ").containsPattern("ms \\(-?[\\d.]+×\\)");
        }
        assertThat(progress).hasSize(6 + 4);
    }

    @Test
    void run_serverThatIsNotThere_fails() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (Load load = new Load()) {
            assertThatThrownBy(() -> load.run(URI.create("http://127.0.0.1:" + port), Canned.WHOLE, 2, MOMENT))
                    .hasMessageContaining("closed the connection");
        }
    }

    @Test
    void run_answerOfAnotherLength_fails() {
        Canned other = new Canned(false, List.of(new byte[3]));

        try (Load load = new Load()) {
            assertThatThrownBy(() -> load.run(upstream.url(), other, 1, MOMENT))
                    .hasMessageContaining("(expected: 200, 3 bytes)");
        }
    }

    private HttpResponse<byte[]> ask(URI server, boolean stream) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.resolve("/v1/chat/completions"))
                        .POST(BodyPublishers.ofByteArray(Canned.of(stream).request()))
                        .build(),
                BodyHandlers.ofByteArray());
    }
}
