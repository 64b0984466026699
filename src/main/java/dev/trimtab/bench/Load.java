package dev.trimtab.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends one request again and again on some connections, each waiting for its answer. Lean, so as not to be measured. */
final class Load implements AutoCloseable {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /**
     * Asks for a while.
     *
     * @param server where to, without a path
     * @throws IllegalStateException where an answer is not the one that was expected
     */
    Samples run(URI server, Canned canned, int connections, Duration duration) {
        ByteBuf request = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes(server, canned.request())));
        long start = System.nanoTime();
        List<CompletableFuture<Samples>> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            LoadConnection connection = new LoadConnection(request, canned.length(), start + duration.toNanos());
            connect(server, connection);
            all.add(connection.samples());
        }
        return Samples.merged(all.stream().map(CompletableFuture::join).toList(), System.nanoTime() - start);
    }

    private void connect(URI server, LoadConnection connection) {
        Channel channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.pipeline().addLast(new HttpResponseDecoder(), connection);
                    }
                })
                .connect(server.getHost(), server.getPort())
                .channel();
        channel.closeFuture().addListener(closed -> connection.closed());
    }

    private static byte[] bytes(URI server, byte[] body) {
        String head = """
                POST /v1/chat/completions HTTP/1.1\r
                host: %s\r
                user-agent: trimtab-bench\r
                accept: application/json\r
                authorization: Bearer none\r
                content-type: application/json\r
                content-length: %d\r
                \r
                """.formatted(server.getAuthority(), body.length);
        return (head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
