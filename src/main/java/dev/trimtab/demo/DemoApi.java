package dev.trimtab.demo;

import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.Sse;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The endpoints. Nothing here runs the model or its tokenizer on the thread that serves the connection. */
final class DemoApi {
    private static final Logger LOG = LoggerFactory.getLogger(DemoApi.class);

    private final DemoModel model;
    private final DemoSettings settings;
    private final AskReader reader;
    private final Pace pace;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger running = new AtomicInteger();

    DemoApi(DemoModel model, DemoSettings settings, Pace pace) {
        this.model = model;
        this.settings = settings;
        this.reader = new AskReader(model, settings);
        this.pace = pace;
    }

    long calls() {
        return calls.get();
    }

    int running() {
        return running.get();
    }

    Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        String route = request.method().name() + " " + request.fullPath();
        Mono<Void> answered =
                switch (route) {
                    case "POST /v1/chat/completions" -> generation(AnswerForm.CHAT, request, response);
                    case "POST /v1/completions" -> generation(AnswerForm.COMPLETION, request, response);
                    case "POST /tokenize" -> tokens(request).flatMap(tokens -> json(response, tokens));
                    case "GET /v1/models" -> json(response, models());
                    case "GET /v1/models/" + DemoModel.NAME -> json(response, entry());
                    default ->
                        Mono.error(new ApiException(
                                ErrorKind.NOT_FOUND, "Invalid URL (" + request.method() + " " + request.uri() + ")"));
                };
        return answered.onErrorResume(failure -> failed(response, failure));
    }

    private Mono<Void> generation(AnswerForm form, HttpServerRequest request, HttpServerResponse response) {
        return Mono.defer(() -> {
            long call = calls.getAndIncrement();
            running.incrementAndGet();
            Mono<Ask> ask = body(request)
                    .flatMap(body -> settings.quirks().fails(call)
                            ? Mono.error(overloaded())
                            : pooled(() -> reader.read(form, body)));
            return ask.flatMap(read -> Pace.delayed(Mono.just(read), settings.callLatency()))
                    .flatMap(read -> read.sampling().stream()
                            ? stream(response, answer(read))
                            : answer(read).whole(pace).flatMap(whole -> json(response, whole)))
                    .doFinally(end -> running.decrementAndGet());
        });
    }

    private static ApiException overloaded() {
        return new ApiException(ErrorKind.UPSTREAM_FAILED, "The server is overloaded, as it is set to be.")
                .withStatus(503);
    }

    private Answer answer(Ask ask) {
        Long given = ask.sampling().seed();
        long seed = given == null ? ThreadLocalRandom.current().nextLong() : given;
        String id = (ask.isChat() ? "chatcmpl-" : "cmpl-")
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        AnswerHead head = new AnswerHead(id, Instant.now().getEpochSecond(), DemoModel.NAME);
        List<Generation> choices = IntStream.range(0, ask.choices())
                .mapToObj(index -> choice(ask, index, seed))
                .toList();
        return new Answer(model, ask, head, choices);
    }

    private Generation choice(Ask ask, int index, long seed) {
        int top = ask.sampling().topLogprobs();
        Records records = top < 0 ? null : new Records(model.vocabulary(), settings, top);
        boolean showsEnd =
                settings.ends() == Ends.SHOWN || (settings.ends() == Ends.WHOLE_ONLY && !ask.sampling().stream());
        return new Generation(model, ask, index, seed, records, showsEnd);
    }

    /** One event per chunk, each sent at once; a failure becomes the last event. */
    private Mono<Void> stream(HttpServerResponse response, Answer answer) {
        Flux<byte[]> events = answer.chunks(pace)
                .map(chunk -> Sse.data(Json.bytes(chunk)))
                .concatWithValues(Sse.done())
                .onErrorResume(failure -> Mono.just(Sse.data(told(failure).body())));
        Flux<byte[]> sent = settings.quirks().goesOn() ? Pace.goingOn(events) : events;
        return response.header("content-type", "text/event-stream; charset=utf-8")
                .header("cache-control", "no-cache")
                .send(sent.map(Unpooled::wrappedBuffer), event -> true)
                .then();
    }

    private Mono<JsonNode> tokens(HttpServerRequest request) {
        return body(request)
                .flatMap(body -> pooled(() -> reader.tokenize(body)))
                .map(ids -> {
                    ObjectNode json = Json.mapper().createObjectNode();
                    IntStream.of(ids).forEach(json.putArray("tokens")::add);
                    return json;
                });
    }

    private JsonNode models() {
        ObjectNode list = Json.mapper().createObjectNode().put("object", "list");
        list.putArray("data").add(entry());
        return list;
    }

    private ObjectNode entry() {
        return Json.mapper()
                .createObjectNode()
                .put("id", DemoModel.NAME)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "trimtab")
                .put("max_model_len", model.context());
    }

    private <T> Mono<T> pooled(Callable<T> work) {
        return Mono.fromCallable(work).subscribeOn(pace.pool());
    }

    private static Mono<byte[]> body(HttpServerRequest request) {
        return request.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]);
    }

    private static Mono<Void> json(HttpServerResponse response, JsonNode json) {
        return send(response, 200, Json.bytes(json));
    }

    /** Answers a failure; where the caller is gone there is nobody to answer. */
    private static Mono<Void> failed(HttpServerResponse response, Throwable failure) {
        if (AbortedException.isConnectionReset(failure)) {
            return Mono.empty();
        }
        if (response.hasSentHeaders()) {
            return Mono.error(failure);
        }
        ApiException told = told(failure);
        return send(response, told.status(), told.body());
    }

    private static ApiException told(Throwable failure) {
        if (failure instanceof ApiException told) {
            return told;
        }
        LOG.error("a request failed", failure);
        return new ApiException(ErrorKind.INTERNAL, "The server had an error while processing your request.");
    }

    private static Mono<Void> send(HttpServerResponse response, int status, byte[] body) {
        return response.status(status)
                .header("content-type", "application/json")
                .header("content-length", String.valueOf(body.length))
                .sendByteArray(Mono.just(body))
                .then();
    }
}
