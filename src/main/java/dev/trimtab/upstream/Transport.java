package dev.trimtab.upstream;

import dev.trimtab.upstream.Resilience.Pool;
import dev.trimtab.upstream.Resilience.Timeouts;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
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

/** HTTP to one upstream: its connections, its key, its time-outs. */
final class Transport implements AutoCloseable {
    /** Servers and what stands before them close a silent connection after a minute or more. */
    private static final Duration KEPT = Duration.ofSeconds(45);

    private final UpstreamSettings settings;
    private final Timeouts timeouts;
    private final KeyMask mask;
    private final List<ConnectionProvider> pools;
    private final HttpClient drafting;
    private final HttpClient passing;

    Transport(UpstreamSettings settings) {
        this(settings, purpose -> new Connections());
    }

    /** @param counted keeps count of the connections of a purpose, {@code draft} or {@code pass} */
    Transport(UpstreamSettings settings, Function<String, Connections> counted) {
        this.settings = settings;
        this.timeouts = settings.resilience().timeouts();
        this.mask = new KeyMask(settings.key());
        ConnectionProvider drafts = pool("draft", counted);
        ConnectionProvider passes = pool("pass", counted);
        this.pools = List.of(drafts, passes);
        this.drafting = client(drafts).responseTimeout(timeouts.idle());
        this.passing = client(passes).responseTimeout(timeouts.whole());
    }

    private ConnectionProvider pool(String purpose, Function<String, Connections> counted) {
        Pool pool = settings.resilience().pool();
        Connections connections = counted.apply(purpose);
        return ConnectionProvider.builder(settings.name() + "-" + purpose)
                .maxConnections(pool.connections())
                .pendingAcquireMaxCount(pool.waiting())
                .pendingAcquireTimeout(pool.longestWait())
                .maxIdleTime(KEPT)
                .evictInBackground(KEPT)
                .metrics(true, () -> connections)
                .build();
    }

    private HttpClient client(ConnectionProvider pool) {
        return Tls.secured(HttpClient.create(pool), settings).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                timeouts.connect().toMillis());
    }

    /** Passes a request on; whoever cancels between the answer's head and its body closes the connection too. */
    Mono<Passed> pass(HttpMethod method, String path, HttpHeaders headers, Upstream.Body body) {
        return Mono.defer(() -> {
            Disposable.Swap answering = Disposables.swap();
            Instant end = Instant.now().plus(timeouts.whole());
            return passing.headers(out -> passedOn(out, headers, body.length()))
                    .request(method)
                    .uri(settings.baseUrl() + path)
                    .send(body.buffers())
                    .responseConnection((response, connection) -> {
                        answering.update(connection);
                        return Mono.just(passed(response, connection, end));
                    })
                    .single()
                    .onErrorMap(failure -> Failures.classified(failure, settings))
                    .doOnCancel(answering::dispose);
        });
    }

    private void passedOn(HttpHeaders out, HttpHeaders headers, long length) {
        out.set(headers);
        if (settings.key() != null) {
            out.remove(HttpHeaderNames.ACCEPT_ENCODING);
        }
        authorize(out);
        if (length > 0) {
            out.set(HttpHeaderNames.CONTENT_LENGTH, length);
        }
    }

    /** Makes a generation call and returns the JSON payloads of its answer. */
    Flux<byte[]> post(DraftCall call) {
        return payloads(drafting.headers(out -> {
                    out.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                    if (call.authorization() != null) {
                        out.set(HttpHeaderNames.AUTHORIZATION, call.authorization());
                    }
                    authorize(out);
                })
                .post()
                .uri(beside(call.path()))
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(call.bytes()))));
    }

    /** Asks what a server tells of itself and returns the JSON of its answer. */
    Mono<byte[]> get(String path) {
        return payloads(drafting.headers(this::authorize).get().uri(beside(path)))
                .next();
    }

    /** @param path behind the base URL; {@code /..} leads out of its version */
    private URI beside(String path) {
        return URI.create(settings.baseUrl() + path).normalize();
    }

    private Flux<byte[]> payloads(HttpClient.ResponseReceiver<?> call) {
        return call.responseConnection((response, connection) -> EventStream.read(response, buffered(connection)))
                .timeout(Mono.delay(timeouts.firstToken()), payload -> Mono.never())
                .map(mask::payload)
                .onErrorMap(failure -> mask.failure(Failures.classified(failure, settings)));
    }

    private void authorize(HttpHeaders out) {
        ApiKey key = settings.key();
        if (key != null) {
            out.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key.reveal());
        }
    }

    private Passed passed(HttpClientResponse response, Connection connection, Instant end) {
        Flux<ByteBuf> body = received(connection)
                .takeUntilOther(
                        Mono.delay(Duration.between(Instant.now(), end)).then(Mono.error(TimeoutException::new)))
                .doOnNext(ByteBuf::retain)
                .onErrorMap(failure -> Failures.classified(failure, settings));
        return new Passed(response.status().code(), mask.headers(response.responseHeaders()), mask.body(body));
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
        pools.forEach(ConnectionProvider::dispose);
    }
}
