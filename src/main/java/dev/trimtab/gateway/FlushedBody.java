package dev.trimtab.gateway;

import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ReactiveHttpOutputMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.channel.AbortedException;

/** Writes an answer as it comes: whatever is there at once is flushed together, and nothing waits for more. */
final class FlushedBody {
    private FlushedBody() {}

    /**
     * Stops the source however the writing ends: a failed write alone would leave it running. An answer whose client goes
     * away before its end is aborted, though the server calls that written.
     */
    static Mono<Void> write(ReactiveHttpOutputMessage message, Flux<DataBuffer> body) {
        Sinks.Empty<Void> over = Sinks.empty();
        AtomicBoolean whole = new AtomicBoolean();
        return message.writeWith(body.doOnComplete(() -> whole.set(true)).takeUntilOther(over.asMono()))
                .then(Mono.<Void>defer(() -> whole.get() ? Mono.empty() : Mono.error(clientGone())))
                .doFinally(signal -> over.tryEmitEmpty());
    }

    private static AbortedException clientGone() {
        return new AbortedException("the client went away before the answer's end");
    }
}
