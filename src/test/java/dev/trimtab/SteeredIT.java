package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.Json;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.blockhound.BlockHound;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** The whole application with its demo: answers steered by the policy that comes with it, blocking watched for. */
class SteeredIT {
    private static final String EAGLE = "\"messages\":[{\"role\":\"user\",\"content\":\"name[The Eagle],"
            + " eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]\"}]";
    private static final String UNSTEERED = "The Eagle is a cheap Japanese coffee shop in the riverside area.";
    private static final String STEERED =
            "If you are looking for a cheap Japanese coffee shop in the riverside area, try The Eagle.";

    private static ConfigurableApplicationContext application;
    private static String url;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        BlockHound.install();
        application = Trimtab.start("--server.port=0");
        url = StartBlock.of(application).url() + "/v1";
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void example_asTheReadmeHasIt_isSteeredByOneReplacedTokenInTwoCalls() throws Exception {
        assertThat(content(ask("demo", "\"temperature\":0", "none"))).isEqualTo(UNSTEERED);

        HttpResponse<String> steered = ask("brand-voice", "\"temperature\":0", "counts");

        assertThat(content(steered)).isEqualTo(STEERED);
        assertThat(steered.headers().firstValue("x-trimtab-route")).hasValue("drafted");
        JsonNode books = json(steered).path("trimtab").path("choices").path(0);
        assertThat(books.path("replaced").intValue()).isEqualTo(1);
        assertThat(books.path("calls").intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"temperature\":0", "\"seed\":1", "\"seed\":2,\"temperature\":1.3", "\"seed\":3,\"n\":4"})
    void noPrices_neverNamesAPrice_streamedOrWhole(String parameters) throws Exception {
        JsonNode whole = json(ask("no-prices", parameters, "counts"));
        List<JsonNode> chunks = chunks(
                ask("no-prices", parameters + ",\"stream\":true", "counts").body());

        for (JsonNode choice : whole.path("choices")) {
            String text = choice.path("message").path("content").stringValue();
            assertThat(text).doesNotContainPattern("(?i)[£$€]|price|cheap|expensive|\\b(costs?|euros?)\\b");
            assertThat(streamed(chunks, choice.path("index").intValue(), "content"))
                    .isEqualTo(text);
        }
        assertThat(whole.at("/trimtab/choices/0/drafted").intValue())
                .isEqualTo(sum(whole.at("/trimtab/choices/0"), "kept", "unsteered", "discarded"));
        assertThat(ruleHits()).isPositive();
    }

    private static double ruleHits() {
        return application
                .getBean(MeterRegistry.class)
                .get("trimtab.rule.hits")
                .tag("rule", "price-words")
                .counter()
                .count();
    }

    @Test
    void answer_unasked_saysNothingOfItsSteering() throws Exception {
        assertThat(json(ask("brand-voice", "\"temperature\":0", "none")).has("trimtab"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"temperature\":0",
                "\"seed\":7",
                "\"seed\":8,\"n\":3",
                "\"seed\":9,\"logprobs\":true,\"top_logprobs\":2",
                "\"seed\":10,\"max_tokens\":5",
                "\"seed\":11,\"stop\":\"the\"",
            })
    void stream_ofARequest_hasTheWholeAnswersBytesUsageAndFinish(String parameters) throws Exception {
        JsonNode whole = json(ask("brand-voice", parameters, "counts"));
        List<JsonNode> chunks = chunks(ask(
                        "brand-voice",
                        parameters + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}",
                        "counts")
                .body());

        JsonNode last = chunks.get(chunks.size() - 1);
        assertThat(last.path("usage")).isEqualTo(whole.path("usage"));
        for (JsonNode choice : whole.path("choices")) {
            int index = choice.path("index").intValue();
            assertThat(streamed(chunks, index, "content"))
                    .isEqualTo(choice.path("message").path("content").stringValue());
            assertThat(finish(chunks, index))
                    .isEqualTo(choice.path("finish_reason").stringValue());
            assertThat(logprobs(chunks, index))
                    .isEqualTo(choice.path("logprobs")
                            .path("content")
                            .valueStream()
                            .toList());
        }
        assertThat(books(last)).isEqualTo(books(whole));
    }

    @Test
    void stream_ofCompletions_hasTheWholeAnswersBytes() throws Exception {
        String body = "{\"model\":\"brand-voice\",\"prompt\":\"The Eagle is\",\"seed\":3,\"max_tokens\":12";

        JsonNode whole = json(post("/completions", body + "}", "none"));
        List<JsonNode> chunks =
                chunks(post("/completions", body + ",\"stream\":true}", "none").body());

        assertThat(chunks.stream()
                        .map(chunk -> chunk.path("choices").path(0).path("text").asString(""))
                        .collect(Collectors.joining()))
                .isEqualTo(whole.path("choices").path(0).path("text").stringValue());
    }

    @Test
    void books_ofEveryAnswer_balance() throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            JsonNode books = json(ask("brand-voice", "\"seed\":" + seed, "counts"))
                    .path("trimtab")
                    .path("choices")
                    .path(0);

            assertThat(books.path("drafted").intValue()).isEqualTo(sum(books, "kept", "unsteered", "discarded"));
            assertThat(books.path("emitted").intValue()).isEqualTo(sum(books, "kept", "replaced", "unsteered"));
        }
    }

    @Test
    void explain_steps_hasOneExplanationPerEmittedToken() throws Exception {
        JsonNode choice = json(ask("brand-voice", "\"temperature\":0", "steps"))
                .path("trimtab")
                .path("choices")
                .path(0);

        assertThat(choice.path("steps").size()).isEqualTo(choice.path("emitted").intValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]|tools",
                "\"top_logprobs\":42,\"logprobs\":true|top_logprobs",
                "\"presence_penalty\":-1|presence_penalty",
                "\"response_format\":{\"type\":\"json_object\"}|response_format",
                "\"temperature\":\"hot\"|temperature",
            })
    void parameter_thatCannotBeHonoured_isRefusedByName(String parameters, String param) throws Exception {
        HttpResponse<String> answer = ask("brand-voice", parameters, "none");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").path("param").stringValue()).isEqualTo(param);
    }

    @Test
    void explain_unknown_isRefusedByName() throws Exception {
        HttpResponse<String> answer = ask("brand-voice", "\"temperature\":0", "everything");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").path("message").stringValue())
                .isEqualTo("x-trimtab-explain: everything (expected: counts or steps)");
    }

    @Test
    void client_thatLeavesASteeredStream_endsIt() throws Exception {
        HttpResponse<InputStream> answer = client.send(
                request("/chat/completions", body("brand-voice", "\"seed\":1,\"stream\":true")),
                BodyHandlers.ofInputStream());
        assertThat(answer.body().read()).isEqualTo('d');

        answer.body().close();

        Flux.interval(Duration.ofMillis(10)).filter(tick -> inFlight() == 0).blockFirst(Duration.ofSeconds(10));
    }

    private static double inFlight() {
        return application
                .getBean(MeterRegistry.class)
                .get("trimtab.requests.in.flight")
                .gauge()
                .value();
    }

    private HttpResponse<String> ask(String model, String parameters, String explain) throws Exception {
        return post("/chat/completions", body(model, parameters), explain);
    }

    private HttpResponse<String> post(String path, String body, String explain)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(request(path, body), (name, value) -> true);
        if (!explain.equals("none")) {
            request.header("x-trimtab-explain", explain);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(30))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private static String body(String model, String parameters) {
        return "{\"model\":\"" + model + "\"," + EAGLE + "," + parameters + "}";
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return Json.mapper().readTree(answer.body());
    }

    private static String content(HttpResponse<String> answer) {
        return json(answer)
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .stringValue();
    }

    private static List<JsonNode> chunks(String stream) {
        List<String> events = new ArrayList<>(List.of(stream.split("\n\n")));
        assertThat(events).allMatch(event -> event.startsWith("data: "));
        assertThat(events.remove(events.size() - 1)).isEqualTo("data: [DONE]");
        return events.stream()
                .map(event -> Json.mapper().readTree(event.substring("data: ".length())))
                .toList();
    }

    private static List<JsonNode> choices(List<JsonNode> chunks, int index) {
        return chunks.stream()
                .flatMap(chunk -> chunk.path("choices").valueStream())
                .filter(choice -> choice.path("index").intValue() == index)
                .toList();
    }

    private static String streamed(List<JsonNode> chunks, int index, String field) {
        return choices(chunks, index).stream()
                .map(choice -> choice.path("delta").path(field).asString(""))
                .collect(Collectors.joining());
    }

    private static String finish(List<JsonNode> chunks, int index) {
        List<JsonNode> choices = choices(chunks, index);
        return choices.get(choices.size() - 1).path("finish_reason").stringValue();
    }

    private static List<JsonNode> logprobs(List<JsonNode> chunks, int index) {
        return choices(chunks, index).stream()
                .flatMap(choice -> choice.path("logprobs").path("content").valueStream())
                .toList();
    }

    /** Without the discarded, which depend on how far the upstream ran ahead. */
    private static List<String> books(JsonNode answer) {
        return answer.path("trimtab")
                .path("choices")
                .valueStream()
                .map(choice -> IntStream.of(
                                choice.path("kept").intValue(),
                                choice.path("replaced").intValue(),
                                choice.path("unsteered").intValue(),
                                choice.path("emitted").intValue())
                        .boxed()
                        .toList()
                        .toString())
                .toList();
    }

    private static int sum(JsonNode books, String... names) {
        int sum = 0;
        for (String name : names) {
            sum += books.path(name).intValue();
        }
        return sum;
    }
}
