package dev.trimtab.demo;

import dev.trimtab.openai.AnswerChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Generates the choices of many requests at once on a few threads; latencies occupy none of them. */
final class Generations implements AutoCloseable {
    private final DemoModel model;
    private final DemoSettings settings;
    private final Scheduler pool =
            Schedulers.newParallel("demo-model", Runtime.getRuntime().availableProcessors());
    final LongAdder calls = new LongAdder();
    final LongAdder tokens = new LongAdder();
    final AtomicInteger running = new AtomicInteger();

    Generations(DemoModel model, DemoSettings settings) {
        this.model = model;
        this.settings = settings;
    }

    /** The parts of all choices of a job, each choice's in order. */
    Flux<AnswerChoice> run(Job job) {
        return Flux.defer(() -> {
            calls.increment();
            running.incrementAndGet();
            Long given = job.sampling().seed();
            long seed = given == null ? ThreadLocalRandom.current().nextLong() : given;
            List<Flux<AnswerChoice>> choices = new ArrayList<>();
            for (int[] prompt : job.prompts()) {
                for (int i = 0; i < job.sampling().n(); i++) {
                    int index = choices.size();
                    choices.add(Flux.using(
                            () -> new Generation(index, job, prompt, model, settings, seed),
                            this::tokens,
                            generation -> pool.schedule(generation::close)));
                }
            }
            return Flux.merge(choices).doFinally(signal -> running.decrementAndGet());
        });
    }

    private Flux<AnswerChoice> tokens(Generation generation) {
        Mono<AnswerChoice> next = Mono.fromSupplier(() -> {
                    tokens.increment();
                    return generation.next();
                })
                .subscribeOn(pool);
        Mono<AnswerChoice> first = delayed(next, settings.callLatency());
        Mono<AnswerChoice> further = delayed(next, settings.tokenLatency());
        return first.concatWith(Flux.defer(
                () -> generation.isFinished() ? Flux.empty() : further.repeat(() -> !generation.isFinished())));
    }

    private static Mono<AnswerChoice> delayed(Mono<AnswerChoice> next, Duration latency) {
        return latency.isZero() ? next : next.delaySubscription(latency);
    }

    @Override
    public void close() {
        pool.disposeGracefully().block(Duration.ofSeconds(5));
    }
}
