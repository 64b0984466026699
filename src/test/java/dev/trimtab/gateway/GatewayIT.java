package dev.trimtab.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.openai.Json;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.util.unit.DataSize;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/** The edge against a scripted upstream; blocking on an event loop fails the request. */
class GatewayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Odd whitespace, an unknown field, a number no double holds, a name written with an escape. */
    private static final String ODD =
            "\n{ \"messages\" :[ {\"role\":\"user\",\"content\":\"\\u00e9 é\"}],\t\"model\" : \"some\\u002dmodel\" ,"
                    + "\"x\":1.00000000000000000001, \"stream\":false }\r\n";

    @TempDir
    Path folder;

    private FakeUpstream upstream;
    private RunningGateway gateway;

    private record Answer(int status, HttpHeaders headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode error() {
            return Json.object(body).path("error");
        }
    }

    @BeforeAll
    static void watchForBlocking() {
        BlockHound.install();
    }

    @BeforeEach
    void start() throws IOException {
        policy("off", "stage: off\nmodel: other\npreface: [{role: system, content: Be kind.}]");
        policy("nothing", "description: steers nothing");
        policy("kind", "preface: [{role: system, content: Be kind.}]");
        upstream = new FakeUpstream();
        gateway = new RunningGateway(upstream.port(), RunningGateway.SETTINGS, folder, null);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void pass_oddRequest_goesUpstreamOnceByteForByte() {
        upstream.answers(response -> response.sendString(Mono.just("{}")));

        ask(
                "/v1/chat/completions?api-version=7%20x",
                ODD, headers -> headers.set("X-OdD", "a")
                        .add("X-OdD", "b")
                        .set("Authorization", "Bearer client")
                        .set("Connection", "x-hop")
                        .set("X-Hop", "gone")
                        .set("x-trimtab-explain", "counts"));

        assertThat(upstream.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(asked.uri()).isEqualTo("/v1/chat/completions?api-version=7%20x");
            assertThat(asked.text()).isEqualTo(ODD);
            assertThat(asked.headers().getAll("X-OdD")).containsExactly("a", "b");
            assertThat(asked.headers().get("authorization")).isEqualTo("Bearer client");
            assertThat(asked.headers().get("host")).isEqualTo("127.0.0.1:" + upstream.port());
            assertThat(asked.headers().contains("x-hop")).isFalse();
            assertThat(asked.headers().contains("x-trimtab-explain")).isFalse();
        });
    }

    @Test
    void pass_upstreamHasAKey_replacesTheClients() {
        gateway.close();
        gateway = new RunningGateway(upstream.port(), RunningGateway.SETTINGS, folder, new ApiKey("ours"));

        ask("/v1/completions", "{}", headers -> headers.set("Authorization", "Bearer client"));

        assertThat(upstream.asked().get(0).headers().getAll("authorization")).containsExactly("Bearer ours");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 400, 401, 404, 429, 500, 503})
    void pass_anyStatus_comesBackByteForByte(int status) {
        String body = "{ \"odd\" :[1 ,2 ],\n\"id\":\"chatcmpl-é\"}\n";
        upstream.answers(response -> response.status(status)
                .header("Content-Type", "application/json; odd=1")
                .header("X-RaTe-Limit", "1")
                .addHeader("X-RaTe-Limit", "2")
                .header("Retry-After", "7")
                .sendByteArray(Mono.just(body.getBytes(StandardCharsets.UTF_8))));

        Answer answer = ask("/v1/chat/completions", ODD);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(body);
        assertThat(answer.headers().get("content-type")).isEqualTo("application/json; odd=1");
        assertThat(answer.headers().getAll("x-rate-limit")).containsExactly("1", "2");
        assertThat(answer.headers().names()).contains("X-RaTe-Limit");
        assertThat(answer.headers().get("retry-after")).isEqualTo("7");
        assertThat(answer.headers().contains("x-trimtab-policy")).isFalse();
    }

    @Test
    void pass_compressedAnswer_isLeftCompressed() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        }
        upstream.answers(
                response -> response.header("Content-Encoding", "gzip").sendByteArray(Mono.just(packed.toByteArray())));

        Answer answer = ask("/v1/chat/completions", ODD, headers -> headers.set("Accept-Encoding", "gzip"));

        assertThat(answer.headers().get("content-encoding")).isEqualTo("gzip");
        assertThat(answer.body()).isEqualTo(packed.toByteArray());
        assertThat(upstream.asked().get(0).headers().get("accept-encoding")).isEqualTo("gzip");
    }

    @Test
    void pass_emptyAnswer_staysEmpty() {
        upstream.answers(response -> response.status(204).send());

        Answer answer = ask("/v1/completions", "{\"model\":\"m\"}");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void pass_stream_arrivesPieceByPieceByteForByte() {
        Sinks.Many<byte[]> pieces = Sinks.many().unicast().onBackpressureBuffer();
        upstream.answers(response -> flushed(response, "text/event-stream", pieces.asFlux()));
        List<String> sent = List.of("data: {\"a\":", "1}\r\n\r", "\n: ping\n\ndata: \u00e9\n\n", "data: [DONE]\n\n");
        pieces.tryEmitNext(utf8(sent.get(0)));
        List<String> received = new ArrayList<>();

        gateway.client()
                .post()
                .uri("/v1/chat/completions")
                .send(body("{\"model\":\"m\",\"stream\":true}"))
                .responseContent()
                .asByteArray()
                .doOnNext(piece -> {
                    received.add(new String(piece, StandardCharsets.UTF_8));
                    if (received.size() < sent.size()) {
                        pieces.tryEmitNext(utf8(sent.get(received.size())));
                    } else {
                        pieces.tryEmitComplete();
                    }
                })
                .blockLast(PATIENCE);

        assertThat(received).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({"off, other", "nothing, base"})
    void pass_policyThatDoesNotSteer_rewritesOnlyTheModel(String policy, String model) {
        String body = ODD.replace("some\\u002dmodel", policy);
        upstream.answers(response -> response.sendString(Mono.just("{ }")));

        Answer answer = ask("/v1/chat/completions", body);

        assertThat(upstream.asked()).singleElement().satisfies(asked -> assertThat(asked.text())
                .isEqualTo(ODD.replace("some\\u002dmodel", model)));
        assertThat(answer.text()).isEqualTo("{ }");
        assertThat(answer.headers().get("x-trimtab-policy")).isEqualTo(policy);
        assertThat(answer.headers().get("x-trimtab-version")).matches("[0-9a-f]{12}");
        assertThat(answer.headers().get("x-trimtab-stage")).isEqualTo(policy.equals("off") ? "off" : "full");
        assertThat(answer.headers().get("x-trimtab-route")).isEqualTo("unsteered");
    }

    @Test
    void policy_ofWordsAlone_isPassedOnBehindItsPreface() {
        upstream.answers(response -> response.sendString(Mono.just("{ }")));

        Answer answer = ask(
                "/v1/chat/completions", "{\"model\":\"kind\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        assertThat(answer.text()).isEqualTo("{ }");
        JsonNode asked = Json.object(upstream.asked().get(0).body());
        assertThat(asked.path("model").stringValue()).isEqualTo("base");
        assertThat(asked.path("messages").path(0).path("content").stringValue()).isEqualTo("Be kind.");
        assertThat(asked.path("messages").path(1).path("content").stringValue()).isEqualTo("Hi");
    }

    @Test
    void policy_namedByHeader_keepsTheClientsModel() {
        ask("/v1/chat/completions", ODD, headers -> headers.set("X-Trimtab-Policy", "nothing"));

        assertThat(upstream.asked().get(0).text()).isEqualTo(ODD);
    }

    @Test
    void policy_unknownInHeader_isRefusedByName() {
        Answer answer = ask("/v1/chat/completions", ODD, headers -> headers.set("x-trimtab-policy", "nobody"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error().path("message").stringValue()).contains("nobody");
        assertThat(answer.error().path("param").stringValue()).isEqualTo("x-trimtab-policy");
        assertThat(upstream.asked()).isEmpty();
    }

    @Test
    void policy_default_servesRequestsThatChooseNone() {
        restart(new GatewaySettings(
                List.of(),
                "nothing",
                null,
                DataSize.ofKilobytes(64),
                DataSize.ofKilobytes(256),
                9,
                Duration.ofSeconds(1),
                4,
                Duration.ofMinutes(1)));

        Answer answer = ask("/v1/chat/completions", ODD);

        assertThat(answer.headers().get("x-trimtab-policy")).isEqualTo("nothing");
        assertThat(upstream.asked().get(0).text()).isEqualTo(ODD);
    }

    @Test
    void policy_withoutAnyModel_isRefused() {
        restart(new GatewaySettings(
                List.of(),
                null,
                null,
                DataSize.ofKilobytes(64),
                DataSize.ofKilobytes(256),
                9,
                Duration.ofSeconds(1),
                4,
                Duration.ofMinutes(1)));

        Answer answer = ask("/v1/chat/completions", "{\"model\":\"nothing\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("message").stringValue()).contains("trimtab.upstream.model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"model\":\"m\"} x", "not json"})
    void body_malformed_isRefusedBeforeTheUpstream(String body) {
        Answer answer = ask("/v1/chat/completions", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(upstream.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void body_tooLarge_isRefused(boolean chunked) {
        byte[] large = new byte[65 * 1024];

        Answer answer = gateway.client()
                .headers(headers -> {
                    if (!chunked) {
                        headers.set("content-length", large.length);
                    }
                })
                .post()
                .uri("/v1/completions")
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(large)))
                .responseSingle((response, body) -> body.asByteArray()
                        .map(bytes -> new Answer(response.status().code(), response.responseHeaders(), bytes)))
                .block(PATIENCE);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.error().path("message").stringValue()).contains("65536");
    }

    @Test
    void admission_oneTooMany_isToldToComeBack() throws Exception {
        restart(new GatewaySettings(
                List.of(),
                null,
                null,
                DataSize.ofKilobytes(64),
                DataSize.ofKilobytes(256),
                1,
                Duration.ofSeconds(2),
                4,
                Duration.ofMinutes(1)));
        upstream.answers(response -> Mono.never());
        Socket first = send("/v1/chat/completions", "{\"model\":\"m\"}");
        upstream.awaitAsked();

        Answer second = ask("/v1/chat/completions", "{\"model\":\"m\"}");

        assertThat(second.status()).isEqualTo(429);
        assertThat(second.headers().get("retry-after")).isEqualTo("2");
        assertThat(second.error().path("type").stringValue()).isEqualTo("requests");
        first.close();
        upstream.awaitClosed();
        upstream.answers(response -> response.sendString(Mono.just("{}")));
        assertThat(ask("/v1/chat/completions", "{\"model\":\"m\"}").status()).isEqualTo(200);
    }

    static Stream<Function<HttpServerResponse, Publisher<Void>>> silences() {
        return Stream.of(
                response -> Mono.never(),
                response -> response.header("content-type", "text/event-stream")
                        .sendHeaders()
                        .then(Mono.never()),
                response -> flushed(
                        response.header("content-length", "1000"),
                        "application/json",
                        Flux.concat(Mono.just(utf8("{")), Mono.never())));
    }

    /** Before the headers, waiting for the first token, and within a whole answer. */
    @ParameterizedTest
    @MethodSource("silences")
    void client_goesAway_stopsTheUpstreamCall(Function<HttpServerResponse, Publisher<Void>> silence) throws Exception {
        upstream.answers(silence);
        Socket client = send("/v1/chat/completions", "{\"model\":\"m\"}");
        upstream.awaitAsked();
        client.close();

        upstream.awaitClosed();
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> gateway.inFlight() == 0)
                .blockFirst(PATIENCE);
    }

    @Test
    void client_goesAwayMidStream_stopsTheUpstreamCall() throws Exception {
        upstream.answers(response ->
                flushed(response, "text/event-stream", Flux.concat(Mono.just(utf8("data: 1\n\n")), Mono.never())));
        try (Socket client = send("/v1/chat/completions", "{\"model\":\"m\",\"stream\":true}")) {
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo('H');
        }

        upstream.awaitClosed();
        awaitCount("trimtab.requests", "cancelled");
        awaitCount("trimtab.upstream.calls", "cut");
    }

    private void awaitCount(String meter, String outcome) {
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> count(meter, outcome) == 1)
                .blockFirst(PATIENCE);
    }

    private double count(String meter, String outcome) {
        return gateway.registry().find(meter).tag("outcome", outcome).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void upstream_notThere_isA502() {
        upstream.close();

        Answer answer = ask("/v1/chat/completions", ODD);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.error().path("type").stringValue()).isEqualTo("server_error");
    }

    @Test
    void upstream_hangsUpBeforeTheAnswer_isA502() {
        upstream.answers(response -> {
            response.withConnection(connection -> connection.channel().close());
            return Mono.never();
        });

        assertThat(ask("/v1/chat/completions", ODD).status()).isEqualTo(502);
    }

    @Test
    void upstream_hangsUpMidStream_breaksTheAnswerOff() {
        upstream.answers(response -> flushed(
                response,
                "text/event-stream",
                Flux.just(utf8("data: 1\n\n")).concatWith(Mono.error(new IOException("gone")))));
        List<String> received = new ArrayList<>();

        assertThatThrownBy(() -> gateway.client()
                        .post()
                        .uri("/v1/chat/completions")
                        .send(body("{\"model\":\"m\",\"stream\":true}"))
                        .responseContent()
                        .asString()
                        .doOnNext(received::add)
                        .blockLast(PATIENCE))
                .hasMessageContaining("prematurely");

        assertThat(received).containsExactly("data: 1\n\n");
    }

    /** The guard of this class, seen to bite. */
    @Test
    void blocking_onAnEventLoop_isDetected() {
        Mono<String> blocking = Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return "";
                })
                .subscribeOn(Schedulers.parallel());

        assertThatThrownBy(() -> blocking.block(PATIENCE)).hasRootCauseInstanceOf(BlockingOperationError.class);
    }

    @Test
    void models_listsTheUpstreamsAndEveryPolicy() {
        upstream.answers(response -> response.sendString(
                Mono.just("{\"object\":\"list\",\"data\":[{\"id\":\"base\",\"object\":\"model\",\"odd\":1}]}")));

        Answer answer = get("/v1/models");

        assertThat(upstream.asked().get(0).uri()).isEqualTo("/v1/models");
        JsonNode data = Json.object(answer.body()).path("data");
        assertThat(data.valueStream().map(model -> model.path("id").stringValue()))
                .containsExactly("base", "kind", "nothing", "off");
        assertThat(data.path(0).path("odd").intValue()).isEqualTo(1);
        assertThat(data.path(1).path("owned_by").stringValue()).isEqualTo("trimtab");
        assertThat(data.path(1).path("created").intValue()).isEqualTo(1_700_000_000);
    }

    @Test
    void models_upstreamRefuses_isPassedOn() {
        upstream.answers(response -> response.status(401).sendString(Mono.just("{\"error\":{}}")));

        assertThat(get("/v1/models").status()).isEqualTo(401);
    }

    @Test
    void models_onePolicy_isAnsweredHere() {
        assertThat(Json.object(get("/v1/models/kind").body()).path("id").stringValue())
                .isEqualTo("kind");
        assertThat(upstream.asked()).isEmpty();
    }

    @Test
    void models_oneOfTheUpstreams_isPassedOn() {
        get("/v1/models/org/model");

        assertThat(upstream.asked().get(0).uri()).isEqualTo("/v1/models/org/model");
    }

    @Test
    void root_saysWhatThisIs() {
        assertThat(get("/").text())
                .startsWith("Trimtab: ")
                .contains("/v1/models")
                .contains("curl ");
    }

    @ParameterizedTest
    @CsvSource({"/nothing", "/v1", "/v2/models"})
    void url_unknown_isAnOpenAiShaped404(String url) {
        Answer answer = get(url);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error().path("code").stringValue()).isEqualTo("unknown_url");
        assertThat(answer.error().path("message").stringValue()).contains("GET " + url);
    }

    @Test
    void method_wrong_isA405() {
        Answer answer = exchange("PUT", "/", "", headers -> {});

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.error().path("message").stringValue()).contains("PUT on /");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/embeddings",
        "POST, /v1/responses",
        "GET, /v1/files?limit=2",
        "GET, /v1/chat/completions",
        "DELETE, /v1/models/ft:some%2Fmodel",
        "POST, /v1/audio/speech",
        "GET, /v1/nothing"
    })
    void otherRequest_passesAsItIsAndSoDoesItsAnswer(String method, String url) {
        byte[] strange = {0, 1, (byte) 0xff, '\r', '\n'};
        upstream.answers(response -> response.status(418)
                .header("x-strange", "yes")
                .header("content-type", "audio/mpeg")
                .sendByteArray(Mono.just(strange)));
        boolean post = method.equals("POST");

        Answer answer = exchange(method, url, post ? "--x\r\n\u00e9" : "", headers -> headers.set("x-own", "1"));

        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.body()).isEqualTo(strange);
        assertThat(answer.headers().get("content-type")).isEqualTo("audio/mpeg");
        assertThat(answer.headers().get("x-strange")).isEqualTo("yes");
        assertThat(upstream.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.method() + ", " + asked.uri()).isEqualTo(method + ", " + url);
            assertThat(asked.text()).isEqualTo(post ? "--x\r\n\u00e9" : "");
            assertThat(asked.headers().get("x-own")).isEqualTo("1");
            assertThat(asked.headers().contains("transfer-encoding")).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherRequest_largerThanACompletion_passes_andIsRefusedBeyondItsOwnLimit(boolean chunked) {
        upstream.answers(response -> response.sendString(Mono.just("{}")));

        assertThat(upload(200 * 1024, chunked).status()).isEqualTo(200);
        assertThat(upstream.asked().get(0).body()).hasSize(200 * 1024);
        assertThat(upload(300 * 1024, chunked).status()).isEqualTo(413);
    }

    private Answer upload(int size, boolean chunked) {
        return gateway.client()
                .headers(headers -> {
                    if (!chunked) {
                        headers.set("content-length", size);
                    }
                })
                .post()
                .uri("/v1/files")
                .send(Flux.range(0, size / 1024).map(i -> Unpooled.wrappedBuffer(new byte[1024])))
                .responseSingle((response, body) -> body.asByteArray()
                        .map(bytes -> new Answer(response.status().code(), response.responseHeaders(), bytes)))
                .block(PATIENCE);
    }

    @Test
    void otherRequest_whoseTextAPolicyWouldSteer_isRefused() {
        upstream.answers(response -> response.sendString(Mono.just("{}")));

        Answer text = ask("/v1/responses", "{}", headers -> headers.set("x-trimtab-policy", "kind"));
        Answer none = ask("/v1/embeddings", "{}", headers -> headers.set("x-trimtab-policy", "kind"));
        Answer off = ask("/v1/responses", "{}", headers -> headers.set("x-trimtab-policy", "off"));

        assertThat(text.status()).isEqualTo(400);
        assertThat(text.error().path("message").stringValue())
                .isEqualTo("Policy kind cannot be applied to POST /v1/responses"
                        + " (expected: POST /v1/chat/completions or /v1/completions)");
        assertThat(none.status()).isEqualTo(200);
        assertThat(off.status()).isEqualTo(200);
        assertThat(upstream.asked()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/../admin", "/v1/%2e%2e/admin", "/v1/x/%2E%2e%2fadmin", "/v1/./x"})
    void path_thatClimbs_isRefused(String path) throws Exception {
        try (Socket client = new Socket("127.0.0.1", gateway.port())) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(utf8("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400 ");
        }
        assertThat(upstream.asked()).isEmpty();
    }

    @Test
    void meters_countRequestsByEndpointAndOutcome() {
        ask("/v1/chat/completions", "{\"model\":\"m\"}");
        ask("/v1/chat/completions", "{");

        assertThat(requests("chat", "200")).isEqualTo(1);
        assertThat(requests("chat", "invalid_request")).isEqualTo(1);
        assertThat(gateway.registry()
                        .get("trimtab.first.byte")
                        .tag("endpoint", "chat")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    private double requests(String endpoint, String outcome) {
        return gateway.registry()
                .get("trimtab.requests")
                .tags("endpoint", endpoint, "outcome", outcome)
                .counter()
                .count();
    }

    private void restart(GatewaySettings settings) {
        gateway.close();
        gateway = new RunningGateway(upstream.port(), settings, folder, null);
    }

    private void policy(String name, String yaml) throws IOException {
        Files.createDirectories(folder.resolve(name));
        Files.writeString(folder.resolve(name).resolve("policy.yaml"), yaml);
    }

    private Answer ask(String url, String body) {
        return ask(url, body, headers -> {});
    }

    private Answer ask(String url, String body, Consumer<HttpHeaders> headers) {
        return exchange("POST", url, body, headers);
    }

    private Answer get(String url) {
        return exchange("GET", url, "", headers -> {});
    }

    private Answer exchange(String method, String url, String body, Consumer<HttpHeaders> headers) {
        @Nullable
        Answer answer = gateway.client()
                .headers(headers)
                .request(HttpMethod.valueOf(method))
                .uri(url)
                .send(body(body))
                .responseSingle((response, content) -> content.asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .map(bytes -> new Answer(response.status().code(), response.responseHeaders(), bytes)))
                .block(PATIENCE);
        assertThat(answer).isNotNull();
        return answer;
    }

    /** A request by hand, whose connection the test can close when it likes. */
    private Socket send(String url, String body) throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        String head = "POST " + url + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + utf8(body).length + "\r\n\r\n";
        socket.getOutputStream().write(utf8(head + body));
        return socket;
    }

    private static Mono<ByteBuf> body(String text) {
        return text.isEmpty() ? Mono.empty() : Mono.fromSupplier(() -> Unpooled.wrappedBuffer(utf8(text)));
    }

    private static Publisher<Void> flushed(HttpServerResponse response, String type, Flux<byte[]> pieces) {
        return response.header("Content-Type", type).send(pieces.map(Unpooled::wrappedBuffer), piece -> true);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
