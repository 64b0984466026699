package dev.trimtab.demo;

import static dev.trimtab.demo.DemoCalls.CHAT;
import static dev.trimtab.demo.DemoCalls.MESSAGES;
import static dev.trimtab.demo.DemoCalls.records;
import static dev.trimtab.demo.DemoCalls.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.ShownLaw;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings change. */
class DemoSettingsIT {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final String GREEDY = MESSAGES + ",'temperature':0,'logprobs':true,'top_logprobs':20";
    private static final String ENDLESS = MESSAGES + ",'temperature':0,'max_tokens':450,'logit_bias':{'0':-100}";

    @Test
    void shownLaw_isRawOrBiasedOrDrawn() {
        Map<Integer, Double> raw = first(ShownLaw.RAW, "");
        int likeliest =
                first(ShownLaw.RAW, ",'temperature':0").keySet().iterator().next();
        String fields = ",'temperature':0.5,'top_k':5,'logit_bias':{'" + likeliest + "':-1.5}";
        Map<Integer, Double> rawUnderBias = first(ShownLaw.RAW, fields);
        Map<Integer, Double> biased = first(ShownLaw.BIASED, fields);
        Map<Integer, Double> drawn = first(ShownLaw.DRAWN, fields);

        assertThat(rawUnderBias).isEqualTo(raw);
        List<Integer> five = biased.keySet().stream().limit(5).toList();
        assertThat(drawn.keySet()).containsExactlyInAnyOrderElementsOf(five);
        assertThat(drawn.values().stream().mapToDouble(Math::exp).sum()).isCloseTo(1, within(1e-9));
        int other = five.stream().filter(id -> id != likeliest).findFirst().orElseThrow();
        double rawOdds = raw.get(likeliest) - raw.get(other);
        assertThat(biased.get(likeliest) - biased.get(other)).isCloseTo(rawOdds - 1.5, within(1e-9));
        assertThat(drawn.get(likeliest) - drawn.get(other)).isCloseTo((rawOdds - 1.5) / 0.5, within(1e-9));
    }

    private static Map<Integer, Double> first(ShownLaw shown, String fields) {
        try (DemoServer server = DemoServer.start(DemoSettings.defaults().withShown(shown))) {
            TokenLogprob first = records(DemoCalls.to(server)
                            .whole(
                                    CHAT,
                                    MESSAGES + ",'seed':1,'max_tokens':1,'logprobs':true,'top_logprobs':20" + fields))
                    .get(0);
            return first.top().stream()
                    .collect(Collectors.toMap(
                            TokenLogprob::id, TokenLogprob::logprob, (a, b) -> a, java.util.LinkedHashMap::new));
        }
    }

    @ParameterizedTest
    @CsvSource({"SHOWN, true, true", "WHOLE_ONLY, true, false", "NEVER, false, false"})
    void end_isShownWhereTheSettingsSay(Ends ends, boolean inWhole, boolean inStream) {
        try (DemoServer server = DemoServer.start(DemoSettings.defaults().withEnds(ends))) {
            DemoCalls demo = DemoCalls.to(server);
            List<TokenLogprob> whole = records(demo.whole(CHAT, GREEDY));
            List<TokenLogprob> stream = records(demo.stream(CHAT, GREEDY));
            assertThat(endsWithEnd(whole)).isEqualTo(inWhole);
            assertThat(endsWithEnd(stream)).isEqualTo(inStream);
            assertThat(whole.stream().flatMap(record -> record.top().stream()).filter(top -> top.id() == 0))
                    .isNotEmpty()
                    .allMatch(top -> top.bytes().length == 0 && top.token().isEmpty());
        }
    }

    private static boolean endsWithEnd(List<TokenLogprob> records) {
        TokenLogprob last = records.get(records.size() - 1);
        return last.id() == 0 && last.bytes().length == 0 && last.top().size() == 20;
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void clientThatGoesAway_stopsTheGeneration(String stream) throws IOException {
        try (DemoServer server =
                DemoServer.start(DemoSettings.defaults().withLatency(Duration.ZERO, Duration.ofMillis(10)))) {
            try (Socket client = new Socket("127.0.0.1", server.port())) {
                send(client, "{" + ENDLESS + ",'stream':" + stream + "}");
                await().atMost(BOUND).until(() -> server.generatedTokens() > 2);
                assertThat(server.running()).isOne();
            }
            await().atMost(BOUND).until(() -> server.running() == 0);
            assertThat(server.generatedTokens()).isLessThan(400);
            assertThat(text(DemoCalls.to(server).whole(CHAT, GREEDY))).startsWith("The Eagle");
        }
    }

    @Test
    void streamedToken_isSentBeforeTheNextIsDrawn() throws IOException {
        try (DemoServer server =
                        DemoServer.start(DemoSettings.defaults().withLatency(Duration.ZERO, Duration.ofMillis(50)));
                Socket client = new Socket("127.0.0.1", server.port())) {
            send(client, "{" + ENDLESS + ",'stream':true}");
            client.setSoTimeout((int) BOUND.toMillis());
            StringBuilder seen = new StringBuilder();
            InputStream in = client.getInputStream();
            while (!seen.toString().contains("\"content\":\"The\"")) {
                seen.append(new String(in.readNBytes(1), StandardCharsets.UTF_8));
            }
            assertThat(server.generatedTokens()).isLessThan(20);
        }
    }

    @Test
    void latencies_ofManyCalls_passSideBySide() {
        int calls = 24;
        DemoSettings slow = DemoSettings.defaults().withLatency(Duration.ofMillis(300), Duration.ofMillis(50));
        try (DemoServer server = DemoServer.start(slow)) {
            DemoCalls demo = DemoCalls.to(server);
            List<CompletableFuture<String>> answers = IntStream.range(0, calls)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> text(demo.whole(CHAT, GREEDY)), task -> new Thread(task).start()))
                    .toList();
            await().atMost(BOUND).until(() -> server.running() == calls);
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).endsWith("area."));
            assertThat(server.calls()).isEqualTo(calls);
            await().atMost(BOUND).until(() -> server.running() == 0);
        }
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThatThrownBy(() -> new DemoSettings(
                        0, Duration.ZERO, Duration.ZERO, -1, ShownLaw.RAW, Ends.SHOWN, DemoQuirks.NONE))
                .hasMessage("max-logprobs: -1 (expected: ≥ 0)");
        assertThatThrownBy(() -> new DemoQuirks(Prefill.NONE, true, true, false, false, false, 1.5))
                .hasMessage("failure-rate: 1.5 (expected: 0..1)");
    }

    private static void send(Socket client, String body) throws IOException {
        byte[] bytes = DemoCalls.quoted(body).getBytes(StandardCharsets.UTF_8);
        String head = "POST " + CHAT + " HTTP/1.1\r\nhost: demo\r\ncontent-length: " + bytes.length + "\r\n\r\n";
        OutputStream out = client.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
    }
}
