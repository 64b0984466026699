package dev.trimtab.gateway;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ReactiveHttpOutputMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Writes an answer as it comes: whatever is there at once is flushed together, and nothing waits for more. */
final class FlushedBody {
    private FlushedBody() {}

    /** Stops the source however the writing ends: a failed write alone would leave it running. */
    static Mono<Void> write(ReactiveHttpOutputMessage message, Flux<DataBuffer> body) {
        Sinks.Empty<Void> over = Sinks.empty();
        return message.writeWith(body.takeUntilOther(over.asMono())).doFinally(signal -> over.tryEmitEmpty());
    }
}
