package dev.trimtab.demo;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.SseReader;
import dev.trimtab.openai.TokenLogprob;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Calls a demo server and reads its answers; bodies may be written with single quotes. */
record DemoCalls(HttpClient client, int port) {
    static final String CHAT = "/v1/chat/completions";
    static final String COMPLETION = "/v1/completions";
    static final String EAGLE =
            "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]";
    static final String MESSAGES = "'model':'demo','messages':[{'role':'user','content':'" + EAGLE + "'}]";

    static DemoCalls to(DemoServer server) {
        return new DemoCalls(HttpClient.newHttpClient(), server.port());
    }

    /** One status and body. */
    record Reply(int status, byte[] body) {
        ObjectNode json() {
            return Json.object(body);
        }

        AnswerChunk answer() {
            return AnswerChunk.parse(body);
        }
    }

    Reply post(String path, String body) {
        HttpResponse<byte[]> response = send(request(path).POST(HttpRequest.BodyPublishers.ofString(quoted(body))));
        return new Reply(response.statusCode(), response.body());
    }

    Reply get(String path) {
        HttpResponse<byte[]> response = send(request(path).GET());
        return new Reply(response.statusCode(), response.body());
    }

    AnswerChunk whole(String path, String fields) {
        return post(path, "{" + fields + "}").answer();
    }

    /** The chunks of a stream, without the last event, which must be [DONE]. */
    List<AnswerChunk> stream(String path, String fields) {
        List<String> events = new ArrayList<>();
        for (byte[] event : new SseReader()
                .feed(post(path, "{" + fields + ",'stream':true}").body())) {
            events.add(new String(event, StandardCharsets.UTF_8));
        }
        if (!events.remove(events.size() - 1).equals("[DONE]")) {
            throw new AssertionError("the stream does not end in [DONE]");
        }
        return events.stream()
                .map(event -> AnswerChunk.parse(event.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    static String quoted(String body) {
        return body.replace('\'', '"');
    }

    static String text(AnswerChunk whole) {
        return Objects.requireNonNull(whole.choices().get(0).text());
    }

    static String text(List<AnswerChunk> chunks, int choice) {
        return choices(chunks, choice).stream()
                .map(AnswerChunk.Choice::text)
                .filter(Objects::nonNull)
                .collect(Collectors.joining());
    }

    static String finish(List<AnswerChunk> chunks, int choice) {
        return choices(chunks, choice).stream()
                .map(AnswerChunk.Choice::finishReason)
                .filter(Objects::nonNull)
                .collect(Collectors.joining());
    }

    static List<TokenLogprob> records(List<AnswerChunk> chunks) {
        return choices(chunks, 0).stream()
                .flatMap(choice -> choice.logprobs() == null ? null : choice.logprobs().stream())
                .toList();
    }

    static List<TokenLogprob> records(AnswerChunk whole) {
        return records(List.of(whole));
    }

    private static List<AnswerChunk.Choice> choices(List<AnswerChunk> chunks, int index) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.index() == index)
                .toList();
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }
}
