package dev.trimtab.gateway;

import dev.trimtab.openai.Json;
import dev.trimtab.openai.Sse;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer as server-sent events, one a chunk.
 *
 * <p>A failure before the first event is an error answer; after it, an event without {@code [DONE]} behind it.
 */
final class EventAnswer {
    /** The longest silence between two events; there is none before the first, since a ping would commit the answer. */
    private static final Duration PING_AFTER = Duration.ofSeconds(10);

    private EventAnswer() {}

    static Mono<ServerResponse> of(Flux<ObjectNode> chunks) {
        Flux<byte[]> events = chunks.map(chunk -> Sse.data(Json.bytes(chunk)))
                .concatWith(Mono.fromSupplier(Sse::done))
                .switchOnFirst((first, all) -> first.isOnError() ? all : all.onErrorResume(EventAnswer::failure));
        return ServerResponse.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .header("cache-control", "no-cache")
                .body((message, context) ->
                        FlushedBody.write(message, withPings(events).map(message.bufferFactory()::wrap)));
    }

    private static Mono<byte[]> failure(Throwable failure) {
        return Mono.just(Sse.data(ErrorAnswers.classified(failure).body()));
    }

    private static Flux<byte[]> withPings(Flux<byte[]> events) {
        return events.publish(shared -> Flux.merge(shared, pings(shared.onErrorComplete())));
    }

    /** Ends with the events, which tell of a failure themselves. */
    private static Flux<byte[]> pings(Flux<byte[]> events) {
        return events.switchMap(event -> Flux.interval(PING_AFTER).onBackpressureDrop())
                .map(tick -> Sse.ping())
                .takeUntilOther(events.ignoreElements());
    }
}
