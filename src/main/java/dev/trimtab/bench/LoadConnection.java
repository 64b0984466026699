package dev.trimtab.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/** One connection's requests, one after another, until a moment. */
final class LoadConnection extends SimpleChannelInboundHandler<HttpObject> {
    private final CompletableFuture<Samples> samples = new CompletableFuture<>();
    private final LongStream.Builder nanos = LongStream.builder();
    private final ByteBuf request;
    private final int expected;
    private final long end;
    private long sent;
    private int status;
    private int received;

    /**
     * @param request unreleasable
     * @param expected the bytes of a right answer's body
     * @param end when no further request is sent, by {@link System#nanoTime}
     */
    LoadConnection(ByteBuf request, int expected, long end) {
        this.request = request;
        this.expected = expected;
        this.end = end;
    }

    CompletableFuture<Samples> samples() {
        return samples;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(context);
    }

    private void send(ChannelHandlerContext context) {
        received = 0;
        sent = System.nanoTime();
        var unused = context.writeAndFlush(request.duplicate(), context.voidPromise());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (part instanceof HttpResponse head) {
            status = head.status().code();
        }
        if (part instanceof HttpContent content) {
            received += content.content().readableBytes();
        }
        if (part instanceof LastHttpContent) {
            answered(context);
        }
    }

    private void answered(ChannelHandlerContext context) {
        long now = System.nanoTime();
        nanos.add(now - sent);
        if (status != 200 || received != expected) {
            exceptionCaught(
                    context,
                    new IllegalStateException(
                            "status " + status + ", " + received + " bytes (expected: 200, " + expected + " bytes)"));
        } else if (now < end) {
            send(context);
        } else {
            samples.complete(new Samples(nanos.build().toArray(), 0));
            var unused = context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        samples.completeExceptionally(failure);
        var unused = context.close();
    }

    /** The connection is gone, which is a failure unless all was done. */
    void closed() {
        samples.completeExceptionally(new IllegalStateException("the server closed the connection, or there is none"));
    }
}
