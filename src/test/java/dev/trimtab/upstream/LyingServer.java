package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.Sse;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server that answers every generation call as it is told, whatever was asked. */
final class LyingServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final AnswerHead HEAD = new AnswerHead("id", 0, "liar");
    private static final List<String> STORY = List.of(
            "Once", " there", " was", " a", " tall", " old", " tower", " by", " its", " stormy", " sea", " which",
            " nobody", " had");

    private final AtomicInteger asked = new AtomicInteger();
    private final DisposableServer server;
    private final SplittableRandom random = new SplittableRandom(7);

    /** @param answer given the number of the call, from 0, and its response */
    LyingServer(BiFunction<Integer, HttpServerResponse, Publisher<Void>> answer) {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.post(
                                "/v1/{endpoint}",
                                (request, response) -> answer.apply(asked.getAndIncrement(), response))
                        .post(
                                "/v1/chat/completions",
                                (request, response) -> answer.apply(asked.getAndIncrement(), response)))
                .bindNow(PATIENCE);
    }

    /**
     * One that says yes to everything: it takes every field and honours none but temperature, max_tokens and the number of
     * candidates. It tells prompt ids, repeats a prefill, and then tells its one story from the beginning.
     */
    LyingServer() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .flatMap(body -> body.length == 0
                                ? response.status(404).send().then()
                                : send(response, Json.object(body))))
                .bindNow(PATIENCE);
    }

    UpstreamSettings settings() {
        URI url = URI.create("http://127.0.0.1:" + server.port() + "/v1");
        return UpstreamSettings.of("liar", url, null, Capabilities.CONSERVATIVE, null);
    }

    int asked() {
        return asked.get();
    }

    private Mono<Void> send(HttpServerResponse response, ObjectNode ask) {
        asked.incrementAndGet();
        boolean chat = ask.has("messages");
        AnswerForm form = chat ? AnswerForm.CHAT : AnswerForm.COMPLETION;
        List<AnswerChoice> choices = choices(ask);
        if (!ask.path("stream").asBoolean(false)) {
            String text =
                    String.join("", choices.stream().map(AnswerChoice::text).toList());
            ObjectNode whole = form.whole(HEAD, List.of(new AnswerChoice(0, text, null, "stop")), null);
            return response.header("content-type", "application/json")
                    .sendByteArray(Mono.just(Json.bytes(whole)))
                    .then();
        }
        List<byte[]> events = new ArrayList<>();
        for (AnswerChoice choice : choices) {
            ObjectNode chunk = AnswerForm.CHAT.chunk(HEAD, choice);
            chunk.putArray("prompt_token_ids").add(1).add(2).add(3);
            events.add(Sse.data(Json.bytes(chunk)));
        }
        events.add(Sse.data(Json.bytes(form.usage(HEAD, new Usage(3, choices.size())))));
        events.add(Sse.done());
        return response.header("content-type", "text/event-stream")
                .send(Flux.fromIterable(events).map(Unpooled::wrappedBuffer))
                .then();
    }

    private List<AnswerChoice> choices(ObjectNode ask) {
        int tokens = Math.min(ask.path("max_tokens").asInt(14), STORY.size());
        JsonNode messages = ask.path("messages");
        String last =
                messages.path(Math.max(0, messages.size() - 1)).path("role").asString("");
        String prefill = "assistant".equals(last)
                ? messages.path(messages.size() - 1).path("content").asString()
                : "";
        List<AnswerChoice> choices = new ArrayList<>();
        for (int i = 0; i < tokens; i++) {
            int drawn = i == 0 && ask.path("temperature").asDouble(1) > 0 ? random.nextInt(3) : i;
            List<TokenLogprob> records = ask.path("logprobs").asBoolean(false)
                            || ask.path("logprobs").asInt(0) > 0
                    ? List.of(record(drawn, ask.path("top_logprobs").asInt(3)))
                    : null;
            choices.add(new AnswerChoice(
                    0, (i == 0 ? prefill : "") + STORY.get(drawn), records, i == tokens - 1 ? "stop" : null));
        }
        return choices;
    }

    private static TokenLogprob record(int drawn, int candidates) {
        List<TokenLogprob> top = new ArrayList<>();
        for (int i = 0; i < Math.min(candidates, STORY.size()); i++) {
            top.add(entry(i, Math.log(0.4 * Math.pow(0.6, i)), List.of()));
        }
        return entry(drawn, Math.log(0.4 * Math.pow(0.6, drawn)), top);
    }

    private static TokenLogprob entry(int id, double logprob, List<TokenLogprob> top) {
        String token = STORY.get(id);
        return new TokenLogprob(token, token.getBytes(StandardCharsets.UTF_8), 10 + id, logprob, top);
    }

    @Override
    public void close() {
        server.disposeNow(PATIENCE);
    }
}
