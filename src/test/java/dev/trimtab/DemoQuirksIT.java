package dev.trimtab;

import static dev.trimtab.RunningTrimtab.ANSWERS;
import static dev.trimtab.RunningTrimtab.EAGLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.openai.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Steering in front of a demo that does as other servers do. */
class DemoQuirksIT {
    private static final String CHAT = "/chat/completions";
    private static final String MESSAGES = "'messages':[{'role':'user','content':'" + EAGLE + "'}]";
    private static final String STEERED = ANSWERS.get("brand-voice");

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private record Reply(int status, String body) {
        JsonNode json() {
            return Json.mapper().readTree(body);
        }

        JsonNode choice() {
            return json().at("/choices/0");
        }

        String text() {
            JsonNode text = choice().path("text");
            return (text.isString() ? text : choice().at("/message/content")).asString();
        }

        JsonNode books() {
            return json().at("/trimtab/choices/0");
        }
    }

    /** By ids, by prefill, and by a prefill that comes back: the same greedy answer, resumed behind its replacement. */
    @ParameterizedTest
    @CsvSource({
        "prefill=none, token-ids=true",
        "prefill=continued, token-ids=false",
        "prefill=repeated, token-ids=false",
        "prefill=repeated, merges=true",
        "unlisted=false, truncates=true",
    })
    void greedyAnswer_isTheSame_howeverItIsResumed(String one, String other) throws Exception {
        try (ConfigurableApplicationContext gateway = start(one, other)) {
            Reply whole = ask(gateway, CHAT, "'model':'brand-voice','temperature':0," + MESSAGES);
            Reply stream = ask(gateway, CHAT, "'model':'brand-voice','temperature':0,'stream':true," + MESSAGES);

            assertThat(whole.text()).isEqualTo(STEERED);
            assertThat(whole.books().path("calls").intValue()).isEqualTo(2);
            assertThat(streamed(stream)).isEqualTo(STEERED);
        }
    }

    @Test
    void fiveCandidates_steerAmongThemselves() throws Exception {
        try (ConfigurableApplicationContext gateway = start("max-logprobs=5")) {
            int replaced = 0;
            for (int seed = 0; seed < 5; seed++) {
                Reply whole = ask(
                        gateway,
                        CHAT,
                        "'model':'brand-voice','logprobs':true,'top_logprobs':5,'seed':" + seed + "," + MESSAGES);
                assertBalanced(whole);
                replaced += whole.books().path("replaced").intValue();
                assertThat(whole.choice().at("/logprobs/content"))
                        .allSatisfy(record ->
                                assertThat(record.path("top_logprobs").size()).isLessThanOrEqualTo(5));
            }
            assertThat(replaced).isPositive();
        }
    }

    @Test
    void noLogprobs_refuseTokenSteeringByName_andLeavePhrasesGuarded() throws Exception {
        try (ConfigurableApplicationContext gateway = start("max-logprobs=0")) {
            Reply refused = ask(gateway, CHAT, "'model':'brand-voice'," + MESSAGES);
            Reply guarded = ask(gateway, CHAT, "'model':'no-prices','temperature':0," + MESSAGES);

            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body()).contains("top-logprobs: 0 (expected: at least 1)");
            assertThat(guarded.text()).isNotEmpty().doesNotContain("cheap");
            assertThat(guarded.books().path("kept").intValue()).isZero();
            assertBalanced(guarded);
        }
    }

    @Test
    void neitherIdsNorPrefill_refuseChatsByName_andSteerCompletions() throws Exception {
        try (ConfigurableApplicationContext gateway = start("token-ids=false", "prefill=none")) {
            Reply chat = ask(gateway, CHAT, "'model':'brand-voice'," + MESSAGES);
            int resumed = 0;
            for (int seed = 0; seed < 5; seed++) {
                Reply steered = ask(
                        gateway,
                        "/completions",
                        "'model':'brand-voice','prompt':'The Eagle is','temperature':1.3,'seed':" + seed);
                assertBalanced(steered);
                resumed += steered.books().path("calls").intValue() - 1;
            }

            assertThat(chat.status()).isEqualTo(400);
            assertThat(chat.body()).contains("continuation: text (expected: token-ids or prefill, for a chat)");
            assertThat(resumed).isPositive();
        }
    }

    @Test
    void noIds_areMissedInNoRecord() throws Exception {
        try (ConfigurableApplicationContext gateway = start("token-ids=false")) {
            Reply whole = ask(gateway, CHAT, "'model':'brand-voice','logprobs':true,'top_logprobs':3," + MESSAGES);

            assertThat(whole.choice().at("/logprobs/content").size()).isPositive();
            assertThat(whole.choice().toString()).doesNotContain("\"id\":");
            assertBalanced(whole);
        }
    }

    @Test
    void unlistedTokens_stand_andTheirLogprobIsUnknown() throws Exception {
        try (ConfigurableApplicationContext gateway = start("unlisted=false", "max-logprobs=2")) {
            List<Double> logprobs = new ArrayList<>();
            for (int seed = 0; seed < 10; seed++) {
                Reply whole = ask(
                        gateway,
                        CHAT,
                        "'model':'brand-voice','temperature':1.5,'max_tokens':20,'logprobs':true,'seed':" + seed + ","
                                + MESSAGES);
                assertBalanced(whole);
                whole.choice()
                        .at("/logprobs/content")
                        .forEach(record -> logprobs.add(record.path("logprob").doubleValue()));
            }
            assertThat(logprobs)
                    .contains(-9999.0)
                    .allMatch(logprob -> logprob == -9999 || logprob > -50 && logprob <= 0);
        }
    }

    /** Unsteered, the defaults leave a handful of first tokens; a steered draft states that nothing is to be cut. */
    @Test
    void truncatingDefaults_areSwitchedOffInASteeredDraft() throws Exception {
        try (ConfigurableApplicationContext gateway = start("truncates=true")) {
            assertThat(firstTokens(gateway, "no-prices").size())
                    .isGreaterThan(2 * firstTokens(gateway, "demo").size());
        }
    }

    private TreeSet<String> firstTokens(ConfigurableApplicationContext gateway, String model) throws Exception {
        TreeSet<String> tokens = new TreeSet<>();
        for (int seed = 0; seed < 6; seed++) {
            ask(
                            gateway,
                            "/completions",
                            "'model':'" + model
                                    + "','prompt':'The Eagle is','temperature':1.5,'max_tokens':1,'n':16,'seed':"
                                    + seed)
                    .json()
                    .path("choices")
                    .forEach(choice -> tokens.add(choice.path("text").asString()));
        }
        return tokens;
    }

    /** Two tokens that are half a character each, and nothing else can be drawn: é comes whenever one follows the other. */
    @ParameterizedTest
    @CsvSource({"drafted", "stepwise"})
    void mergedRecords_passUnsteered_andCharactersStayWhole(String route) throws Exception {
        try (ConfigurableApplicationContext gateway =
                start("merges=true", "max-logprobs=20", "../policies-folder=" + halves(route))) {
            String bias = "'logit_bias':{'" + half(gateway, "c3") + "':100,'" + half(gateway, "a9") + "':100}";
            String asked = "'temperature':1,'seed':3,'max_tokens':24," + bias + "," + MESSAGES;
            Reply whole = ask(gateway, CHAT, "'model':'halves'," + asked);
            Reply stream = ask(gateway, CHAT, "'model':'halves','stream':true," + asked);

            assertThat(whole.status()).as(whole.body()).isEqualTo(200);
            assertThat(whole.text()).contains("é");
            assertThat(whole.books().path("unsteered").intValue()).isPositive();
            assertThat(streamed(stream)).isEqualTo(whole.text());
            assertBalanced(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.5", "1"})
    void failingCalls_areAnsweredWithWhatHappened_andNeverHalf(double rate) throws Exception {
        try (ConfigurableApplicationContext gateway = start("failure-rate=" + rate)) {
            for (int i = 0; i < 6; i++) {
                boolean streams = i % 2 == 0;
                Reply reply = ask(
                        gateway, CHAT, "'model':'brand-voice','temperature':0,'stream':" + streams + "," + MESSAGES);
                boolean right = rate < 1
                        && reply.status() == 200
                        && (streams
                                ? reply.body().endsWith("data: [DONE]\n\n")
                                : reply.text().equals(STEERED));
                assertThat(right || failed(reply)).as(reply.body()).isTrue();
            }
        }
    }

    private static boolean failed(Reply reply) {
        String last =
                reply.body().strip().lines().reduce("", (before, line) -> line).replaceFirst("^data: ", "");
        return !reply.body().contains("[DONE]")
                && List.of("server_error", "requests")
                        .contains(Json.mapper().readTree(last).at("/error/type").asString());
    }

    private static void assertBalanced(Reply reply) {
        JsonNode books = reply.books();
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(sum(books, "kept", "unsteered", "discarded"))
                .isEqualTo(books.path("drafted").intValue());
        assertThat(sum(books, "kept", "replaced", "unsteered"))
                .isEqualTo(books.path("emitted").intValue());
    }

    private static int sum(JsonNode books, String... counts) {
        return List.of(counts).stream()
                .mapToInt(count -> books.path(count).intValue())
                .sum();
    }

    private static String streamed(Reply stream) {
        StringBuilder text = new StringBuilder();
        stream.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .forEach(line -> text.append(Json.mapper()
                        .readTree(line.substring(6))
                        .at("/choices/0/delta/content")
                        .asString("")));
        return text.toString();
    }

    private static int half(ConfigurableApplicationContext gateway, String hex) {
        return gateway.getBean(DemoServer.class)
                .vocabulary()
                .idOf(HexFormat.of().parseHex(hex));
    }

    private Path halves(String route) throws IOException {
        Path policy = Files.createDirectories(folder.resolve("halves"));
        Files.writeString(policy.resolve("policy.yaml"), "bias: bias.tsv\nroute: " + route + "\n");
        Files.writeString(policy.resolve("bias.tsv"), "\" Japanese\"\t2\n");
        return folder;
    }

    private static ConfigurableApplicationContext start(String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0"));
        for (String setting : settings) {
            arguments.add(
                    setting.startsWith("../") ? "--trimtab." + setting.substring(3) : "--trimtab.demo." + setting);
        }
        return Trimtab.start(arguments.toArray(String[]::new));
    }

    private Reply ask(ConfigurableApplicationContext gateway, String path, String fields) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(StartBlock.of(gateway).url() + "/v1" + path))
                .header("x-trimtab-explain", "counts")
                .POST(BodyPublishers.ofString(("{" + fields + "}").replace('\'', '"')))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        return new Reply(response.statusCode(), response.body());
    }
}
