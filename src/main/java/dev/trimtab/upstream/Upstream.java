package dev.trimtab.upstream;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.node.ObjectNode;

/**
 * The closed model's API: an OpenAI-compatible server behind one base URL.
 *
 * <p>Nothing blocks, nothing is retried, and cancelling a subscription closes the connection, which is how a server
 * learns to stop. Failures are signalled as {@link ApiException}.
 */
public final class Upstream implements AutoCloseable {
    private final UpstreamSettings settings;
    private final ConnectionProvider connections;
    private final HttpClient client;
    private final UpstreamMeters meters;
    private final Function<DraftCall, Flux<byte[]>> post;

    public Upstream(UpstreamSettings settings, MeterRegistry registry) {
        this(settings, registry, null);
    }

    /** With another way to make generation calls than HTTP, where one is given. */
    Upstream(UpstreamSettings settings, MeterRegistry registry, @Nullable Function<DraftCall, Flux<byte[]>> post) {
        this.settings = settings;
        this.connections = ConnectionProvider.builder("upstream-" + settings.name())
                .maxConnections(settings.connections())
                .pendingAcquireMaxCount(settings.connections())
                .build();
        this.client = HttpClient.create(connections).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                settings.connectTimeout().toMillis());
        this.meters = new UpstreamMeters(registry, settings.name());
        this.post = post == null ? this::post : post;
    }

    public String name() {
        return settings.name();
    }

    public Capabilities capabilities() {
        return settings.capabilities();
    }

    /** The upstream's id for a token's bytes, or −1 where its vocabulary is not known or has no such token. */
    public int idOf(byte[] bytes) {
        Vocabulary vocabulary = settings.vocabulary();
        return vocabulary == null ? Token.NO_ID : vocabulary.idOf(bytes);
    }

    /**
     * The text of a prompt of token ids.
     *
     * @throws ApiException where the vocabulary is not known or has no such token
     */
    public String text(int[] ids) {
        Vocabulary vocabulary = settings.vocabulary();
        if (vocabulary == null) {
            throw ApiException.invalid(
                    "prompt", "prompt: token ids (expected: text, since the upstream's vocabulary is not known)");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            if (id < 0 || id >= vocabulary.size()) {
                throw ApiException.invalid(
                        "prompt", "prompt: token " + id + " (expected: 0.." + (vocabulary.size() - 1) + ")");
            }
            bytes.writeBytes(vocabulary.bytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Passes a request on as it is and returns the answer as it comes. Whoever cancels between the answer's head and its
     * body closes the connection too.
     *
     * @param path behind the base URL, e.g. {@code /chat/completions}
     * @param headers end-to-end headers of the client's; the upstream's key replaces their {@code Authorization}
     */
    public Mono<Passed> pass(HttpMethod method, String path, HttpHeaders headers, byte[] body) {
        return Mono.defer(() -> {
            Disposable.Swap answering = Disposables.swap();
            return client.responseTimeout(settings.wholeTimeout())
                    .headers(out -> passedOn(out, headers, body.length))
                    .request(method)
                    .uri(settings.baseUrl() + path)
                    .send(body.length == 0 ? Mono.empty() : Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                    .responseConnection((response, connection) -> {
                        answering.update(connection);
                        return Mono.just(passed(response, connection));
                    })
                    .single()
                    .onErrorMap(failure -> Failures.classified(failure, settings))
                    .transform(meters::passed)
                    .doOnCancel(answering::dispose);
        });
    }

    private void passedOn(HttpHeaders out, HttpHeaders headers, int length) {
        out.set(headers);
        authorize(out);
        if (length > 0) {
            out.set(HttpHeaderNames.CONTENT_LENGTH, length);
        }
    }

    /**
     * Opens the drafting of one choice of an answer.
     *
     * @param authorization the client's own {@code Authorization}, used where the upstream has no key
     */
    public Drafter drafter(GenerationRequest request, ObjectNode prompt, @Nullable String authorization) {
        return new Drafter(new DraftBody(request, prompt, capabilities()), post, meters, authorization);
    }

    @Override
    public void close() {
        connections.dispose();
    }

    private Flux<byte[]> post(DraftCall call) {
        return client.responseTimeout(settings.idleTimeout())
                .headers(out -> {
                    out.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                    if (call.authorization() != null) {
                        out.set(HttpHeaderNames.AUTHORIZATION, call.authorization());
                    }
                    authorize(out);
                })
                .post()
                .uri(settings.baseUrl() + call.path())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(call.bytes())))
                .response((response, body) -> EventStream.read(response, body))
                .timeout(Mono.delay(settings.firstTokenTimeout()), event -> Mono.never())
                .onErrorMap(failure -> Failures.classified(failure, settings));
    }

    private void authorize(HttpHeaders out) {
        ApiKey key = settings.key();
        if (key != null) {
            out.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key.reveal());
        }
    }

    private Passed passed(HttpClientResponse response, Connection connection) {
        Flux<ByteBuf> body = connection
                .inbound()
                .receive()
                .retain()
                .onErrorMap(failure -> Failures.classified(failure, settings))
                .doFinally(signal -> connection.dispose());
        return new Passed(response.status().code(), response.responseHeaders(), body);
    }
}
