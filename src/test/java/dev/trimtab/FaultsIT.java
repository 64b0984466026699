package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.trimtab.FaultyUpstream.Fault;
import dev.trimtab.FaultyUpstream.Wrong;
import dev.trimtab.openai.Json;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
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
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The whole application in front of an upstream that fails in every way, at every endpoint, on every route: each request ends,
 * the client learns how, no connection stays, no buffer leaks, and the books balance.
 */
class FaultsIT {
    private static final Duration BOUND = Duration.ofSeconds(20);

    /** An error before an answer has begun: what the upstream did, or that it is too much. */
    private static final Set<Integer> ERRORS = Set.of(429, 502, 503, 504);

    private static final ListAppender<ILoggingEvent> LEAKS = new ListAppender<>();

    @TempDir
    private static Path folder;

    private static FaultyUpstream upstream;
    private static ConfigurableApplicationContext gateway;
    private static String url;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** One endpoint, route and form. */
    private record Cell(String path, String model, boolean streams) {
        boolean steered() {
            return generates() && !model.equals("m");
        }

        boolean generates() {
            return path.endsWith("completions");
        }

        String body() {
            String prompt = path.equals("/v1/chat/completions")
                    ? "\"messages\":[{\"role\":\"user\",\"content\":\"Tell\"}]"
                    : path.equals("/v1/completions") ? "\"prompt\":\"Tell:\",\"max_tokens\":50" : "\"input\":\"Tell\"";
            return "{\"model\":\"" + model + "\",\"stream\":" + streams + "," + prompt + "}";
        }
    }

    /**
     * How a request ended.
     *
     * @param status 0 where the connection broke off
     */
    private record End(int status, String body) {
        JsonNode json() {
            try {
                return Json.mapper().readTree(body);
            } catch (JacksonException notJson) {
                return Json.mapper().missingNode();
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        for (String route : List.of("drafted", "stepwise")) {
            Files.createDirectories(folder.resolve("policies").resolve(route));
            Files.writeString(
                    folder.resolve("policies/" + route + "/policy.yaml"),
                    "model: m\nbias: bias.tsv\nroute: " + route + "\n");
            Files.writeString(folder.resolve("policies/" + route + "/bias.tsv"), "\" other\"\t2\n");
        }
        upstream = new FaultyUpstream();
        gateway = Trimtab.start(
                "--server.port=0",
                "--trimtab.policies-folder=" + folder.resolve("policies"),
                "--trimtab.upstream.base-url=http://127.0.0.1:" + upstream.port() + "/v1",
                "--trimtab.upstream.probe=false",
                "--trimtab.upstream.breaker.failure-rate=100",
                "--trimtab.upstream.breaker.calls=10000",
                "--trimtab.upstream.retry.attempts=2",
                "--trimtab.upstream.retry.first-wait=10ms",
                "--trimtab.upstream.timeouts.first-token=1500ms",
                "--trimtab.upstream.timeouts.idle=1500ms",
                "--trimtab.upstream.timeouts.whole=1500ms",
                "--trimtab.upstream.capabilities.top-logprobs=3",
                "--trimtab.upstream.capabilities.shown-law=biased",
                "--trimtab.upstream.capabilities.continuation=prefill");
        url = StartBlock.of(gateway).url();
        LEAKS.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(LEAKS);
    }

    @AfterAll
    static void buffersDoNotLeak() throws IOException {
        for (int i = 0; i < 20; i++) {
            System.gc();
            PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        assertThat(LEAKS.list).isEmpty();
        gateway.close();
        upstream.close();
    }

    @BeforeEach
    void listen() {
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(BOUND).until(() -> upstream.answering() == 0);
        await().atMost(BOUND).until(() -> meter("trimtab.requests.in.flight") == 0);
        assertThat(upstream.open()).isLessThanOrEqualTo(4);
        assertThat(kept() + counted("trimtab.steering.discarded"))
                .isEqualTo(counted("trimtab.upstream.drafted") + counted("trimtab.steering.tokens", "silent_end"));
        root().detachAppender(log);
        assertThat(log.list)
                .filteredOn(
                        event -> event.getLevel().isGreaterOrEqual(Level.ERROR) || event.getThrowableProxy() != null)
                .isEmpty();
    }

    private static double kept() {
        return counted("trimtab.steering.tokens")
                - gateway
                        .getBean(MeterRegistry.class)
                        .find("trimtab.steering.tokens")
                        .tag("decision", "replaced")
                        .counters()
                        .stream()
                        .mapToDouble(Counter::count)
                        .sum();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    }

    @ParameterizedTest
    @EnumSource
    void fault_atEveryEndpoint_onEveryRoute_endsAndIsTold(Fault fault) {
        upstream.fails(fault);
        cells().filter(cell -> cell.steered() || !fault.needsReading()).forEach(cell -> {
            End end = ask(cell);
            assertThat(isTold(fault, cell, end))
                    .as("%s at %s: %s", fault, cell, end)
                    .isTrue();
        });
        upstream.fails(Fault.NONE);
        await().atMost(BOUND).untilAsserted(() -> assertThat(cells())
                .allSatisfy(cell -> assertThat(isRight(cell, ask(cell))).isTrue()));
    }

    @ParameterizedTest
    @EnumSource
    void wrongLogprobs_areNotSteeredBy_andNeverReachTheClient(Wrong wrong) {
        upstream.shows(wrong);
        cells().filter(Cell::steered).forEach(cell -> {
            for (int seed = 0; seed < 4; seed++) {
                End end = ask(
                        cell,
                        ",\"logprobs\":" + (cell.path().contains("chat") ? "true,\"top_logprobs\":3" : 3) + ",\"seed\":"
                                + seed);
                assertThat(isRight(cell, end))
                        .as("%s at %s: %s", wrong, cell, end)
                        .isTrue();
                assertThat(end.body()).doesNotContainIgnoringCase("nan").doesNotContain("Infinity");
                assertThat(end.body()).doesNotContainPattern("\"logprob\":[1-9]");
            }
        });
    }

    /** An answer whose drafts were all cut in time may be right whatever came behind them. */
    private static boolean isTold(Fault fault, Cell cell, End end) {
        if (fault.status() == 200 || (cell.steered() && isRight(cell, end))) {
            return isRight(cell, end);
        }
        if (!cell.steered()) {
            boolean passed = !ERRORS.contains(end.status());
            return passed || isError(end, fault);
        }
        return cell.streams() && end.status() == 200 ? endsInAnError(end) : isError(end, fault);
    }

    private static boolean isError(End end, Fault fault) {
        JsonNode error = end.json().path("error");
        boolean late = fault.needsReading() && end.status() == 504;
        return (end.status() == fault.status() || end.status() == 503 || late)
                && error.path("message").isString()
                && error.path("type").isString();
    }

    private static boolean endsInAnError(End end) {
        List<String> events =
                end.body().lines().filter(line -> line.startsWith("data: ")).toList();
        return !end.body().contains("[DONE]")
                && events.get(events.size() - 1).startsWith("data: {\"error\":{\"message\":");
    }

    /** The story, or one in which other tokens stand, with its books balanced. */
    private static boolean isRight(Cell cell, End end) {
        if (end.status() != 200) {
            return false;
        }
        if (!cell.generates()) {
            return end.json().path("data").isArray();
        }
        boolean ended = !cell.streams() || end.body().endsWith("data: [DONE]\n\n");
        return ended && end.body().contains("\"stop\"") && (!cell.steered() || balances(end.body()));
    }

    private static boolean balances(String body) {
        JsonNode books = Stream.of(body.split("\n"))
                .filter(line -> line.contains("\"trimtab\""))
                .map(line -> Json.mapper()
                        .readTree(line.startsWith("data: ") ? line.substring(6) : line)
                        .at("/trimtab/choices/0"))
                .findFirst()
                .orElseThrow();
        return sum(books, "drafted") == sum(books, "kept", "unsteered", "discarded")
                && sum(books, "emitted") == sum(books, "kept", "replaced", "unsteered");
    }

    private static int sum(JsonNode books, String... counts) {
        return Stream.of(counts).mapToInt(count -> books.path(count).intValue()).sum();
    }

    private static Stream<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (String path : List.of("/v1/chat/completions", "/v1/completions")) {
            for (String model : List.of("m", "drafted", "stepwise")) {
                cells.add(new Cell(path, model, true));
                cells.add(new Cell(path, model, false));
            }
        }
        cells.add(new Cell("/v1/embeddings", "m", false));
        cells.add(new Cell("/v1/models", "m", false));
        cells.add(new Cell("/v1/models/m", "m", false));
        return cells.stream();
    }

    private End ask(Cell cell) {
        return ask(cell, "");
    }

    private End ask(Cell cell, String fields) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + cell.path()))
                .timeout(BOUND)
                .header("x-trimtab-explain", "counts");
        if (!cell.path().startsWith("/v1/models")) {
            String body = cell.body();
            request.POST(BodyPublishers.ofString(body.substring(0, body.length() - 1) + fields + "}"));
        }
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new End(response.statusCode(), response.body());
        } catch (java.net.http.HttpTimeoutException hangs) {
            throw new AssertionError(cell + " hangs", hangs);
        } catch (IOException brokenOff) {
            return new End(0, String.valueOf(brokenOff.getMessage()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static double meter(String gauge) {
        return gateway.getBean(MeterRegistry.class).get(gauge).gauge().value();
    }

    private static double counted(String counter) {
        return gateway.getBean(MeterRegistry.class).find(counter).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static double counted(String counter, String reason) {
        return gateway.getBean(MeterRegistry.class).find(counter).tag("reason", reason).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
