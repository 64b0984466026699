package dev.trimtab.upstream;

import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.retry.Retry;

/** HTTP to one upstream: its connections, its key, its time-outs. */
final class Transport implements AutoCloseable {
    private final UpstreamSettings settings;
    private final ConnectionProvider connections;
    private final HttpClient client;
    private final HttpClient passing;

    Transport(UpstreamSettings settings) {
        this.settings = settings;
        this.connections = ConnectionProvider.builder("upstream-" + settings.name())
                .maxConnections(settings.connections())
                .pendingAcquireMaxCount(settings.connections())
                .build();
        this.client = HttpClient.create(connections).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                settings.connectTimeout().toMillis());
        this.passing = client.responseTimeout(settings.wholeTimeout());
    }

    /** Passes a request on; whoever cancels between the answer's head and its body closes the connection too. */
    Mono<Passed> pass(HttpMethod method, String path, HttpHeaders headers, Upstream.Body body) {
        return Mono.defer(() -> {
            Disposable.Swap answering = Disposables.swap();
            return passing.headers(out -> passedOn(out, headers, body.length()))
                    .request(method)
                    .uri(settings.baseUrl() + path)
                    .send(body.buffers())
                    .responseConnection((response, connection) -> {
                        answering.update(connection);
                        return Mono.just(passed(response, connection));
                    })
                    .single()
                    .onErrorMap(failure -> Failures.classified(failure, settings))
                    .doOnCancel(answering::dispose);
        });
    }

    private void passedOn(HttpHeaders out, HttpHeaders headers, long length) {
        out.set(headers);
        authorize(out);
        if (length > 0) {
            out.set(HttpHeaderNames.CONTENT_LENGTH, length);
        }
    }

    /**
     * Makes a generation call and returns the JSON payloads of its answer. A connection that is lost before anything has
     * arrived is tried once more: the tokens it would have brought are undecided, so nothing is drawn twice.
     */
    Flux<byte[]> post(DraftCall call) {
        return Flux.defer(() -> {
            AtomicBoolean arrived = new AtomicBoolean();
            return once(call)
                    .doOnNext(payload -> arrived.set(true))
                    .retryWhen(Retry.max(1)
                            .filter(failure -> !arrived.get() && Failures.lostConnection(failure))
                            .onRetryExhaustedThrow((spec, signal) -> signal.failure()))
                    .timeout(Mono.delay(settings.firstTokenTimeout()), event -> Mono.never())
                    .onErrorMap(failure -> Failures.classified(failure, settings));
        });
    }

    private Flux<byte[]> once(DraftCall call) {
        return client.responseTimeout(settings.idleTimeout())
                .headers(out -> {
                    out.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                    if (call.authorization() != null) {
                        out.set(HttpHeaderNames.AUTHORIZATION, call.authorization());
                    }
                    authorize(out);
                })
                .post()
                .uri(URI.create(settings.baseUrl() + call.path()).normalize())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(call.bytes())))
                .responseConnection((response, connection) -> EventStream.read(response, buffered(connection)));
    }

    private void authorize(HttpHeaders out) {
        ApiKey key = settings.key();
        if (key != null) {
            out.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key.reveal());
        }
    }

    private Passed passed(HttpClientResponse response, Connection connection) {
        Flux<ByteBuf> body = received(connection)
                .doOnNext(ByteBuf::retain)
                .onErrorMap(failure -> Failures.classified(failure, settings));
        return new Passed(response.status().code(), response.responseHeaders(), body);
    }

    /** A body whose cancellation closes the connection on the connection's own thread. */
    private static Flux<ByteBuf> received(Connection connection) {
        return connection.inbound().receive().cancelOn(ownThread(connection));
    }

    /**
     * A draft's body, taken from the connection as it comes. Were some of it left there when the answer is complete, the
     * connection would go back to the pool, and a late cancellation would close it under another call.
     */
    private static Flux<byte[]> buffered(Connection connection) {
        return connection
                .inbound()
                .receive()
                .asByteArray()
                .onBackpressureBuffer()
                .cancelOn(ownThread(connection));
    }

    private static Scheduler ownThread(Connection connection) {
        return Schedulers.fromExecutor(connection.channel().eventLoop());
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
