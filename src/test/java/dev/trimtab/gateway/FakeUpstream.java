package dev.trimtab.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** A server that remembers what it was asked, answers as it is told, and notices who hangs up. */
final class FakeUpstream implements AutoCloseable {
    record Asked(String method, String uri, HttpHeaders headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Asked> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
    private final DisposableServer server;
    private volatile Function<HttpServerResponse, Publisher<Void>> answer = HttpServerResponse::send;

    FakeUpstream() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .flatMapMany(body -> {
                            request.withConnection(connection -> connection
                                    .channel()
                                    .closeFuture()
                                    .addListener(future -> closed.add(request.uri())));
                            Asked now = new Asked(
                                    request.method().name(),
                                    request.uri(),
                                    request.requestHeaders().copy(),
                                    body);
                            Function<HttpServerResponse, Publisher<Void>> how = answer;
                            asked.add(now);
                            arrived.add(now);
                            return how.apply(response);
                        })
                        .then())
                .bindNow(PATIENCE);
    }

    int port() {
        return server.port();
    }

    void answers(Function<HttpServerResponse, Publisher<Void>> how) {
        answer = how;
    }

    List<Asked> asked() {
        return asked;
    }

    /** Waits for the next request. */
    Asked awaitAsked() throws InterruptedException {
        Asked next = arrived.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no request has come");
        }
        return next;
    }

    /** Waits until a connection on which something was asked is closed. */
    void awaitClosed() throws InterruptedException {
        if (closed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS) == null) {
            throw new AssertionError("the connection is still open");
        }
    }

    @Override
    public void close() {
        server.disposeNow(PATIENCE);
    }
}
