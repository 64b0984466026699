package dev.trimtab.demo;

import dev.trimtab.model.Vocabulary;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * The embedded upstream, on the loopback interface: chat and text completions, the list of models, and the tokenizer, as
 * OpenAI, vLLM and llama.cpp have them.
 */
public final class DemoServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DemoModel model;
    private final Scheduler pool;
    private final DemoApi api;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final DisposableServer server;

    private DemoServer(DemoSettings settings, DemoModel model) {
        this.model = model;
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        this.pool = Schedulers.newBoundedElastic(threads, Integer.MAX_VALUE, "demo", 60, true);
        this.api = new DemoApi(model, settings, new Pace(pool, settings.tokenLatency()));
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(settings.port())
                .doOnConnection(connection -> connections.add(connection.channel()))
                .handle(api::answer)
                .bindNow();
    }

    /** Loads the model and listens. Blocks for about a second. */
    public static DemoServer start(DemoSettings settings) {
        DemoModel model = DemoModel.load();
        try {
            return new DemoServer(settings, model);
        } catch (RuntimeException unable) {
            model.close();
            throw unable;
        }
    }

    public int port() {
        return server.port();
    }

    /** The most tokens of prompt and answer together. */
    public int context() {
        return model.context();
    }

    /** How many generation calls have come. */
    public long calls() {
        return api.calls();
    }

    /** How many tokens the model has drawn for all of them, ends included. */
    public long generatedTokens() {
        return model.runs();
    }

    /** How many calls are being answered now. */
    public int running() {
        return api.running();
    }

    public Vocabulary vocabulary() {
        return model.vocabulary();
    }

    /** Drops what is being answered and waits, a few seconds at most, for the tokens that are being drawn. */
    @Override
    public void close() {
        server.dispose();
        server.onDispose().timeout(PATIENCE).onErrorComplete().block();
        connections.close().awaitUninterruptibly(PATIENCE.toMillis());
        pool.disposeGracefully().timeout(PATIENCE).onErrorComplete().block();
        model.close();
    }
}
