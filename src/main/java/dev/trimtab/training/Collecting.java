package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.upstream.ShownAnswers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Collects what the upstream shows of wanted answers, several at once, each of them once and for all. */
final class Collecting {
    private final ShownAnswers answers;
    private final String model;
    private final int atOnce;
    private final Progress progress;

    /**
     * @param answers of the model
     * @param atOnce how many answers are asked about at a time, ≥ 1
     */
    Collecting(ShownAnswers answers, String model, int atOnce, Progress progress) {
        this.answers = answers;
        this.model = model;
        this.atOnce = atOnce;
        this.progress = progress;
    }

    /** The lessons of examples behind a preface, in their order. Blocks. */
    List<Lesson> lessons(List<Example> examples, List<PrefaceMessage> preface) {
        return lessons(examples, preface, Map.of());
    }

    /** The same under a pushed bias, nats by token id: what an upstream that shows it then shows. */
    List<Lesson> lessons(List<Example> examples, List<PrefaceMessage> preface, Map<Integer, Double> bias) {
        progress.begin(examples.size());
        List<Lesson> lessons = Flux.fromIterable(examples)
                .flatMapSequential(example -> lesson(example, preface, bias), atOnce)
                .collectList()
                .block();
        progress.end();
        return Objects.requireNonNull(lessons);
    }

    private Mono<Lesson> lesson(Example example, List<PrefaceMessage> preface, Map<Integer, Double> bias) {
        return answers.of(example.request(model, preface), example.completion(), bias)
                .doOnNext(shown -> progress.done(shown.steps().size(), shown.known()))
                .map(shown -> new Lesson(example.prompt(), shown.steps()));
    }
}
