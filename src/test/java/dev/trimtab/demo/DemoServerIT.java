package dev.trimtab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DemoServerIT {
    private static final String EAGLE =
            "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]";
    private static final String ANSWER = "The Eagle is a cheap Japanese coffee shop in the riverside area.";

    private static DemoServer demo;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        demo = DemoServer.start(DemoSettings.defaults());
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    private HttpResponse<String> send(String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + demo.port() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String path, String body) throws Exception {
        return Json.mapper().readTree(send(path, body).body());
    }

    private static String chat(String more) {
        return "{\"model\":\"demo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + EAGLE + "\"}]" + more + "}";
    }

    @Test
    void chat_greedy_describesTheEagle() throws Exception {
        JsonNode answer = json("/v1/chat/completions", chat(",\"temperature\":0"));
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isBetween(10, 30);
    }

    @Test
    void chat_streamed_equalsWhole() throws Exception {
        String sampled = ",\"seed\":7,\"n\":2,\"max_tokens\":20";
        JsonNode whole = json("/v1/chat/completions", chat(sampled));
        String[] texts = {"", ""};
        String stream = send(
                        "/v1/chat/completions",
                        chat(sampled + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
                .body();
        JsonNode usage = null;
        for (String event : stream.split("\n\n")) {
            if (!event.equals("data: [DONE]")) {
                JsonNode chunk = Json.mapper().readTree(event.substring(6));
                for (JsonNode choice : chunk.path("choices")) {
                    texts[choice.path("index").asInt()] +=
                            choice.at("/delta/content").asString("");
                }
                usage = chunk.path("usage");
            }
        }
        assertThat(stream).endsWith("data: [DONE]\n\n");
        for (int i = 0; i < 2; i++) {
            assertThat(texts[i])
                    .isEqualTo(whole.at("/choices/" + i + "/message/content").asString());
        }
        assertThat(usage).isEqualTo(whole.path("usage"));
        assertThat(texts[0]).isNotEqualTo(texts[1]);
    }

    @Test
    void completion_ofTokenIds_goesOnExactly() throws Exception {
        JsonNode first = json(
                "/v1/chat/completions",
                chat(
                        ",\"temperature\":0,\"max_tokens\":5,\"logprobs\":true,\"top_logprobs\":3,\"return_token_ids\":true"));
        StringBuilder ids = new StringBuilder();
        first.path("prompt_token_ids").forEach(id -> ids.append(id.asInt()).append(','));
        first.at("/choices/0/logprobs/content")
                .forEach(record -> ids.append(record.path("id").asInt()).append(','));
        ids.setLength(ids.length() - 1);
        JsonNode rest = json(
                "/v1/completions",
                "{\"model\":\"demo\",\"temperature\":0,\"max_tokens\":100,\"prompt\":[" + ids + "]}");
        assertThat(first.at("/choices/0/message/content").asString()
                        + rest.at("/choices/0/text").asString())
                .isEqualTo(ANSWER);
    }

    @Test
    void prefill_isContinued() throws Exception {
        String body = "{\"model\":\"demo\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"" + EAGLE
                + "\"},{\"role\":\"assistant\",\"content\":\"The Eagle is a cheap\"}]}";
        assertThat(json("/v1/chat/completions", body)
                        .at("/choices/0/message/content")
                        .asString())
                .isEqualTo(ANSWER.substring("The Eagle is a cheap".length()));
    }

    @Test
    void logprobs_carryIdsBytesAndTheEnd() throws Exception {
        JsonNode content = json(
                        "/v1/chat/completions", chat(",\"temperature\":0,\"logprobs\":true,\"top_logprobs\":20"))
                .at("/choices/0/logprobs/content");
        JsonNode last = content.get(content.size() - 1);
        assertThat(last.path("id").asInt()).isZero();
        assertThat(last.path("bytes")).isEmpty();
        double mass = 0;
        for (JsonNode candidate : content.get(0).path("top_logprobs")) {
            assertThat(candidate.has("id")).isTrue();
            mass += Math.exp(candidate.path("logprob").asDouble());
        }
        assertThat(mass).isBetween(0.5, 1.0000001);
        assertThat(content.get(0).path("top_logprobs")).hasSize(20);
    }

    @Test
    void specialTokens_inAText_areText() throws Exception {
        JsonNode plain = json("/tokenize", "{\"content\":\"<|end|>\"}");
        assertThat(plain.path("tokens").size()).isGreaterThan(1);
        plain.path("tokens").forEach(id -> assertThat(id.asInt()).isGreaterThan(3));
        JsonNode chat = json("/tokenize", "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        assertThat(chat.path("tokens").get(0).asInt()).isEqualTo(1);
    }

    @Test
    void badRequests_areRefusedByName() throws Exception {
        String longText = "name[The Eagle] ".repeat(400);
        HttpResponse<String> tooLong = send("/v1/completions", "{\"model\":\"demo\",\"prompt\":\"" + longText + "\"}");
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(tooLong.body()).contains("context_length_exceeded").contains("maximum context length is 512 tokens");
        assertThat(send("/v1/chat/completions", chat(",\"logprobs\":true,\"top_logprobs\":21"))
                        .body())
                .contains("top_logprobs");
        assertThat(send("/v1/chat/completions", chat(",\"temperature\":\"hot\""))
                        .body())
                .contains("invalid_type");
        assertThat(send("/v1/chat/completions", "{").statusCode()).isEqualTo(400);
        assertThat(send("/v1/embeddings", "{}").statusCode()).isEqualTo(404);
        assertThat(send("/v1/completions", "{\"model\":\"gpt\",\"prompt\":\"x\"}")
                        .body())
                .contains("model_not_found");
    }

    @Test
    void completion_echoAndStop_areHonoured() throws Exception {
        String body = "{\"model\":\"demo\",\"temperature\":0,\"max_tokens\":30,\"prompt\":\"The Eagle is\"";
        String text = json("/v1/completions", body + ",\"echo\":true}")
                .at("/choices/0/text")
                .asString();
        assertThat(text).startsWith("The Eagle is");
        String stop = text.substring(15, 20);
        JsonNode stopped =
                json("/v1/completions", body + ",\"stop\":[" + Json.mapper().writeValueAsString(stop) + "]}");
        assertThat(stopped.at("/choices/0/text").asString()).isEqualTo(text.substring(12, 15));
        assertThat(stopped.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    }

    @Test
    void bias_bansAToken() throws Exception {
        int first = json("/v1/chat/completions", chat(",\"temperature\":0,\"max_tokens\":1,\"logprobs\":true"))
                .at("/choices/0/logprobs/content/0/id")
                .asInt();
        JsonNode other = json(
                "/v1/chat/completions",
                chat(",\"temperature\":0,\"max_tokens\":1,\"logprobs\":true,\"logit_bias\":{\"" + first + "\":-100}"));
        assertThat(other.at("/choices/0/logprobs/content/0/id").asInt()).isNotEqualTo(first);
    }
}
