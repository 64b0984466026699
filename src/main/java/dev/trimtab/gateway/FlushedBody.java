package dev.trimtab.gateway;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ReactiveHttpOutputMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Writes an answer as it comes, each buffer flushed by itself. */
final class FlushedBody {
    private FlushedBody() {}

    /** Stops the source however the writing ends: a failed write alone would leave it running. */
    static Mono<Void> write(ReactiveHttpOutputMessage message, Flux<DataBuffer> body) {
        Sinks.Empty<Void> over = Sinks.empty();
        return message.writeAndFlushWith(body.takeUntilOther(over.asMono()).map(Mono::just))
                .doFinally(signal -> over.tryEmitEmpty());
    }
}
