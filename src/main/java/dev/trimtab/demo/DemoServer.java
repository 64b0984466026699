package dev.trimtab.demo;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The demo upstream, running: an OpenAI-compatible server on a loopback port. */
public final class DemoServer implements AutoCloseable {
    private final DemoModel model;
    private final DemoSettings settings;
    private final Generations generations;
    private final DisposableServer server;

    private DemoServer(DemoModel model, DemoSettings settings) {
        this.model = model;
        this.settings = settings;
        this.generations = new Generations(model, settings);
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(settings.port())
                .route(routes -> routes.post("/v1/chat/completions", answering(Job::chat))
                        .post("/v1/completions", answering(Job::completion))
                        .post("/tokenize", (request, response) -> body(request)
                                .map(this::tokenized)
                                .transform(answer -> json(response, answer)))
                        .get("/v1/models", (request, response) -> json(response, Mono.fromSupplier(this::models)))
                        .route(any -> true, (request, response) -> json(response, Mono.error(unknown(request)))))
                .bindNow(Duration.ofSeconds(10));
    }

    /** Loads the model and binds the port. */
    public static DemoServer start(DemoSettings settings) {
        DemoModel model = DemoModel.load();
        try {
            return new DemoServer(model, settings);
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    public int port() {
        return server.port();
    }

    public Vocabulary vocabulary() {
        return model.vocabulary();
    }

    /** The most tokens of prompt and answer together. */
    public int context() {
        return model.context();
    }

    /** Generation calls so far. */
    public long calls() {
        return generations.calls.sum();
    }

    /** Tokens generated so far. */
    public long generatedTokens() {
        return generations.tokens.sum();
    }

    /** Generation calls under way. */
    public int running() {
        return generations.running.get();
    }

    private interface JobReader {
        Job read(byte[] body, DemoModel model, int maxLogprobs);
    }

    private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answering(JobReader reader) {
        return (request, response) -> body(request)
                .map(body -> reader.read(body, model, settings.maxLogprobs()))
                .flatMap(job -> answer(job, response))
                .onErrorResume(failure -> refused(response, failure));
    }

    private Mono<Void> answer(Job job, HttpServerResponse response) {
        DemoAnswers answers = new DemoAnswers(job, model);
        if (job.sampling().stream()) {
            Flux<byte[]> events = answers.streamed(generations.run(job));
            return response.header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                    .send(events.map(Unpooled::wrappedBuffer), event -> true)
                    .then();
        }
        return json(response, answers.whole(generations.run(job)));
    }

    private static Mono<byte[]> body(HttpServerRequest request) {
        return request.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]);
    }

    private static Mono<Void> json(HttpServerResponse response, Mono<byte[]> answer) {
        return answer.flatMap(bytes -> response.header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(bytes.length))
                        .sendObject(Unpooled.wrappedBuffer(bytes))
                        .then())
                .onErrorResume(failure -> refused(response, failure));
    }

    private static Mono<Void> refused(HttpServerResponse response, Throwable failure) {
        if (response.hasSentHeaders()) {
            return Mono.error(failure);
        }
        ApiException known = failure instanceof ApiException api
                ? api
                : new ApiException(ErrorKind.INTERNAL, "The demo failed: " + failure.getMessage());
        return json(response.status(known.status()), Mono.just(known.body()));
    }

    private byte[] tokenized(byte[] body) {
        ObjectNode request = Json.object(body);
        int[] ids = request.has("messages")
                ? model.chat(ChatRequest.parse(body).messages())
                : model.text(request.path("content").asString(""));
        ObjectNode answer = Json.mapper().createObjectNode();
        ArrayNode tokens = answer.putArray("tokens");
        for (int id : ids) {
            tokens.add(id);
        }
        return Json.bytes(answer);
    }

    private byte[] models() {
        ObjectNode list = Json.mapper().createObjectNode().put("object", "list");
        list.putArray("data")
                .addObject()
                .put("id", "demo")
                .put("object", "model")
                .put("created", 1_763_769_600)
                .put("owned_by", "trimtab");
        return Json.bytes(list);
    }

    private static ApiException unknown(HttpServerRequest request) {
        return new ApiException(ErrorKind.NOT_FOUND, "Invalid URL (" + request.method() + " " + request.uri() + ")");
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
        generations.close();
        model.close();
    }
}
