package dev.trimtab.bench;

import dev.trimtab.openai.Json;
import dev.trimtab.openai.Sse;
import dev.trimtab.openai.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Asks for a streamed answer, of a fixed length where its end is banned. */
final class Question {
    private static final String BODY = """
            {"model":"%s",%s"temperature":1,"max_tokens":%d,%s"messages":[{"role":"user","content":"name[The Eagle], \
            eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]"}]}""";

    private static final String STREAM = "\"stream\":true,\"stream_options\":{\"include_usage\":true},";
    private static final String ENDLESS = "\"logit_bias\":{\"0\":-100},";
    private static final String LOGPROBS = "\"logprobs\":true,\"top_logprobs\":1,";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int tokens;
    private final boolean endless;

    private Question(int tokens, boolean endless) {
        this.tokens = tokens;
        this.endless = endless;
    }

    /** @param tokens of every answer */
    Question(int tokens) {
        this(tokens, true);
    }

    /** Answers end where they do. */
    static Question ofNaturalLength(int most) {
        return new Question(most, false);
    }

    /**
     * Asks and waits for the last byte.
     *
     * @param server up to and including the version
     * @throws IllegalStateException where the answer is not the one that was asked for
     */
    TimedAnswer ask(URI server, String model, int seed) throws IOException {
        return ask(server, model, seeded(seed), System.nanoTime());
    }

    /** Asks without a seed, so that the answer may depend on others. */
    TimedAnswer askUnseeded(URI server, String model) throws IOException {
        return ask(server, model, "", System.nanoTime());
    }

    private TimedAnswer ask(URI server, String model, String seed, long start) throws IOException {
        try (InputStream body = body(server, BODY.formatted(model, seed, tokens, STREAM + (endless ? ENDLESS : "")))) {
            return read(body, start);
        }
    }

    /** Asks for a whole answer with the log-probability of each token. */
    byte[] withLogprobs(URI server, String model, int seed) throws IOException {
        try (InputStream body = body(server, BODY.formatted(model, seeded(seed), tokens, LOGPROBS))) {
            return body.readAllBytes();
        }
    }

    private static String seeded(int seed) {
        return "\"seed\":" + seed + ",";
    }

    private InputStream body(URI server, String json) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/chat/completions"))
                .timeout(Duration.ofMinutes(2))
                .header("content-type", "application/json")
                .header("x-trimtab-explain", "counts")
                .POST(BodyPublishers.ofString(json))
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                refuse(response);
            }
            return response.body();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private TimedAnswer read(InputStream body, long start) throws IOException {
        SseReader reader = new SseReader();
        List<byte[]> events = new ArrayList<>();
        double first = 0;
        byte[] buffer = new byte[16 * 1024];
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            List<byte[]> more = reader.feed(Arrays.copyOf(buffer, read));
            if (first == 0 && more.stream().anyMatch(Question::hasText)) {
                first = millisSince(start);
            }
            events.addAll(more);
        }
        return answer(first, millisSince(start), events);
    }

    private TimedAnswer answer(double first, double whole, List<byte[]> events) {
        if (events.size() < 2 || !Sse.isDone(events.get(events.size() - 1))) {
            throw new IllegalStateException("a stream without an end (expected: data: [DONE])");
        }
        JsonNode last = Json.object(events.get(events.size() - 2));
        int written = last.path("usage").path("completion_tokens").intValue(0);
        JsonNode books = last.path("trimtab").path("choices").path(0);
        if ((endless && written != tokens) || books.path("latched").isString()) {
            throw new IllegalStateException(last + " (expected: " + tokens + " tokens, steered to the end)");
        }
        return new TimedAnswer(first, whole, books);
    }

    private static void refuse(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            throw new IllegalStateException(new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private static boolean hasText(byte[] event) {
        if (Sse.isDone(event)) {
            return false;
        }
        JsonNode delta = Json.object(event).path("choices").path(0).path("delta");
        return !delta.path("content").asString("").isEmpty();
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
