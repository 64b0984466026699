package dev.trimtab.demo;

import dev.trimtab.openai.AnswerChoice;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Where and how fast tokens are written: each as a task of its own, so that requests take turns.
 *
 * @param pool runs the model
 * @param tokenLatency how long each token waits first, on a timer and not in the pool
 */
record Pace(Scheduler pool, Duration tokenLatency) {
    /** Writes several choices side by side, each no further ahead of its reader than by a token. */
    Flux<AnswerChoice> write(List<Generation> generations) {
        return Flux.fromIterable(generations).flatMap(this::write, generations.size(), 1);
    }

    /** Writes a choice to its end, or until nobody reads on. */
    Flux<AnswerChoice> write(Generation generation) {
        return delayed(Mono.fromCallable(generation::next).subscribeOn(pool), tokenLatency)
                .repeat(() -> !generation.finished())
                .doFinally(end -> generation.close());
    }

    static <T> Mono<T> delayed(Mono<T> mono, Duration latency) {
        return latency.isZero() ? mono : mono.delaySubscription(latency);
    }

    /** The events, which go on to their end whether or not anybody reads them. */
    static <T> Flux<T> goingOn(Flux<T> events) {
        return Flux.defer(() -> {
            Sinks.Many<T> read = Sinks.many().unicast().onBackpressureBuffer();
            events.subscribe(read::tryEmitNext, read::tryEmitError, read::tryEmitComplete);
            return read.asFlux();
        });
    }
}
