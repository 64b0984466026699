package dev.trimtab.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.Resilience;
import dev.trimtab.upstream.Resilience.Breaking;
import dev.trimtab.upstream.Resilience.Pool;
import dev.trimtab.upstream.Resilience.Retries;
import dev.trimtab.upstream.Resilience.Timeouts;
import dev.trimtab.upstream.UpstreamSettings;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** What an upstream's failures do to clients: another attempt, another upstream, or an error at once. */
class FallbackIT {
    private static final String ASK =
            "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String ANSWER =
            "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
                    + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Well.\"},\"finish_reason\":\"stop\"}]}";
    private static final Resilience QUICK = new Resilience(
            new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10)),
            new Pool(10, 10, Duration.ofSeconds(5)),
            new Retries(2, Duration.ofMillis(1), Duration.ofSeconds(1)),
            new Breaking(50, 6, Duration.ofMinutes(1)));

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    /** A policy that needs text alone, so that any upstream can serve it. */
    @BeforeEach
    void writePolicy() throws IOException {
        Path policy = Files.createDirectories(folder.resolve("clean"));
        Files.writeString(
                policy.resolve("policy.yaml"), "model: base\nnegative: {rules: [{name: r, phrases: [xyz]}]}\n");
    }

    private RunningGateway gateway(Resilience resilience, int... ports) {
        List<UpstreamSettings> upstreams = new ArrayList<>();
        for (int port : ports) {
            URI url = URI.create("http://127.0.0.1:" + port + "/v1");
            UpstreamSettings plain = RunningGateway.settings("number-" + upstreams.size(), port, null);
            upstreams.add(new UpstreamSettings(
                    plain.name(), url, null, plain.capabilities(), null, resilience, Drafting.STREAMED, null));
        }
        return new RunningGateway(RunningGateway.SETTINGS, folder, upstreams);
    }

    private HttpResponse<String> ask(RunningGateway gateway, String model, boolean stream) throws Exception {
        return client.send(request(gateway, model, stream), BodyHandlers.ofString());
    }

    private static HttpRequest request(RunningGateway gateway, String model, boolean stream) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/v1/chat/completions"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(ASK.formatted(model, stream)))
                .build();
    }

    private static Function<HttpServerResponse, Publisher<Void>> status(int status, String... headers) {
        return response -> {
            for (int i = 0; i < headers.length; i += 2) {
                response.header(headers[i], headers[i + 1]);
            }
            return response.status(status).sendString(Mono.just("{\"error\":{\"message\":\"sorry\"}}"));
        };
    }

    private static Publisher<Void> answers(HttpServerResponse response) {
        return response.header("content-type", "application/json").sendString(Mono.just(ANSWER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "clean"})
    void failingUpstream_isReplacedByItsFallback_withTheFallbacksModel(String model) throws Exception {
        try (FakeUpstream failing = new FakeUpstream();
                FakeUpstream well = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, failing.port(), well.port())) {
            failing.answers(status(503));
            well.answers(FallbackIT::answers);

            for (boolean stream : new boolean[] {false, true}) {
                HttpResponse<String> answer = ask(gateway, model, stream);

                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains("Well.");
                assertThat(answer.headers().firstValue("x-trimtab-upstream")).hasValue("number-1");
            }
            assertThat(well.asked()).hasSize(2).allMatch(asked -> asked.text().contains("\"model\":\"other\""));
        }
    }

    @Test
    void unreachableUpstream_isReplacedByItsFallback_passedAndSteered() throws Exception {
        try (FakeUpstream well = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, 9, well.port())) {
            well.answers(FallbackIT::answers);

            assertThat(ask(gateway, "base", false).body()).contains("Well.");
            assertThat(ask(gateway, "clean", true).body()).contains("Well.").contains("[DONE]");
        }
    }

    @Test
    void rejectionOfTheRequest_isTheAnswer_andNobodyElseIsAsked() throws Exception {
        try (FakeUpstream picky = new FakeUpstream();
                FakeUpstream well = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, picky.port(), well.port())) {
            picky.answers(status(400));

            assertThat(ask(gateway, "base", false).statusCode()).isEqualTo(400);
            assertThat(ask(gateway, "clean", false).statusCode()).isEqualTo(400);
            assertThat(well.asked()).isEmpty();
        }
    }

    @Test
    void everythingButGeneratedText_isTheFirstUpstreamsAlone() throws Exception {
        try (FakeUpstream failing = new FakeUpstream();
                FakeUpstream well = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, failing.port(), well.port())) {
            failing.answers(status(503));
            HttpRequest files = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/v1/files"))
                    .build();

            assertThat(client.send(files, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
            assertThat(well.asked()).isEmpty();
        }
    }

    @Test
    void answerThatBreaksOffAfterItsFirstByte_isAskedOfNobodyElse() throws Exception {
        try (FakeUpstream failing = new FakeUpstream();
                FakeUpstream well = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, failing.port(), well.port())) {
            String chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Once \"}}]}\n\n";
            failing.answers(response -> response.sse()
                    .sendString(Flux.just(chunk).concatWith(Mono.error(new IOException("broken on purpose")))));

            HttpResponse<String> answer = ask(gateway, "clean", true);

            assertThat(answer.body()).contains("Once ").contains("\"error\"").doesNotContain("[DONE]");
            assertThat(well.asked()).isEmpty();
        }
    }

    @Test
    void steeredRequest_isAskedAgain_afterTheWaitThatTheUpstreamAsksFor() throws Exception {
        try (FakeUpstream busy = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, busy.port())) {
            busy.answers(response ->
                    busy.asked().size() == 1 ? status(429, "retry-after", "1").apply(response) : answers(response));

            assertThat(ask(gateway, "clean", false).body()).contains("Well.");
            assertThat(busy.asked()).hasSize(2);
            assertThat(gateway.registry()
                            .get("trimtab.upstream.retries")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void waitThatIsTooLong_reachesTheClient_asDoesAPassedRejection() throws Exception {
        try (FakeUpstream busy = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, busy.port())) {
            busy.answers(status(429, "retry-after", "30"));

            for (String model : List.of("clean", "base")) {
                HttpResponse<String> answer = ask(gateway, model, false);
                assertThat(answer.statusCode()).isEqualTo(429);
                assertThat(answer.headers().firstValue("retry-after")).hasValue("30");
            }
            assertThat(busy.asked()).hasSize(2);
        }
    }

    @Test
    void upstreamThatKeepsFailing_isLeftAlone_andTheMetersSayIt() throws Exception {
        try (FakeUpstream failing = new FakeUpstream();
                RunningGateway gateway = gateway(QUICK, failing.port())) {
            failing.answers(status(500));
            for (int i = 0; i < 6; i++) {
                assertThat(ask(gateway, "base", false).statusCode()).isEqualTo(500);
            }

            HttpResponse<String> refused = ask(gateway, "clean", false);

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).hasValue("60");
            assertThat(failing.asked()).hasSize(6);
            assertThat(gateway.registry()
                            .get("trimtab.upstream.breaker.state")
                            .tag("state", "open")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(gateway.registry()
                            .get("trimtab.upstream.breaker.refused")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void callWithoutRoom_isRefusedAtOnce_andPassedOnesLeaveRoomForSteeredOnes() throws Exception {
        Resilience narrow = new Resilience(
                QUICK.timeouts(), new Pool(1, 0, Duration.ofSeconds(5)), QUICK.retries(), QUICK.breaking());
        try (FakeUpstream slow = new FakeUpstream();
                RunningGateway gateway = gateway(narrow, slow.port())) {
            slow.answers(response -> slow.asked().size() == 1 ? Mono.never() : answers(response));
            CompletableFuture<HttpResponse<String>> first =
                    client.sendAsync(request(gateway, "base", false), BodyHandlers.ofString());
            slow.awaitAsked();

            HttpResponse<String> second = ask(gateway, "base", false);
            HttpResponse<String> steered = ask(gateway, "clean", false);
            first.cancel(true);

            assertThat(second.statusCode()).as(second.body()).isEqualTo(503);
            assertThat(second.headers().firstValue("retry-after")).isPresent();
            assertThat(steered.statusCode()).as(steered.body()).isEqualTo(200);
        }
    }

    @Test
    void passedAnswerThatNeverEnds_isBrokenOff_whenItsTimeIsOver() throws Exception {
        Timeouts times = QUICK.timeouts();
        Resilience brief = new Resilience(
                new Timeouts(times.connect(), times.firstToken(), times.idle(), Duration.ofMillis(500)),
                QUICK.pool(),
                QUICK.retries(),
                QUICK.breaking());
        try (FakeUpstream endless = new FakeUpstream();
                RunningGateway gateway = gateway(brief, endless.port())) {
            endless.answers(response -> response.sse()
                    .sendString(Flux.interval(Duration.ofMillis(50)).map(n -> ": \n\n")));

            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(request(gateway, "base", true), BodyHandlers.ofString());

            assertThat(answer).failsWithin(Duration.ofSeconds(20));
            endless.awaitClosed();
        }
    }
}
