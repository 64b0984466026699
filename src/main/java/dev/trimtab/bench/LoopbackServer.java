package dev.trimtab.bench;

import java.net.URI;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Something to measure the gateway with, on any loopback port. */
public final class LoopbackServer implements AutoCloseable {
    private final DisposableServer server;

    private LoopbackServer(BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answer) {
        this.server =
                HttpServer.create().host("127.0.0.1").port(0).handle(answer).bindNow();
    }

    /** An upstream without a model. */
    public static LoopbackServer fixedUpstream() {
        return new LoopbackServer(FixedUpstream::answer);
    }

    /**
     * A proxy that does nothing but pass on.
     *
     * @param upstream where requests go, without a path
     */
    public static LoopbackServer bareProxy(URI upstream) {
        return new LoopbackServer(new BareProxy(upstream)::pass);
    }

    /** Where it listens, without a path. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** Blocks until it is closed. */
    public void await() {
        server.onDispose().block();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
