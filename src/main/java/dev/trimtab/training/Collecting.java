package dev.trimtab.training;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.upstream.ShownAnswers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /**
     * The lessons of examples, in their order. Blocks.
     *
     * @param preface what stands before an example
     * @param bias pushed, nats by token id; to be told by the upstream or empty
     */
    List<Lesson> lessons(
            List<Example> examples, Function<Example, List<PrefaceMessage>> preface, Map<Integer, Double> bias) {
        return lessons(examples.stream()
                .map(example -> lesson(example, preface.apply(example), bias))
                .toList());
    }

    /** So many answers of the upstream's own to each prompt, prompt by prompt. Blocks. */
    List<Lesson> own(List<Example> prompts, int each, int maxTokens) {
        return lessons(
                prompts.stream().flatMap(prompt -> own(prompt, each, maxTokens)).toList());
    }

    private Stream<Mono<Lesson>> own(Example prompt, int each, int maxTokens) {
        GenerationRequest request = prompt.request(model, List.of());
        return IntStream.range(0, each).mapToObj(number -> lesson(prompt, answers.own(request, number, maxTokens)));
    }

    private List<Lesson> lessons(List<Mono<Lesson>> all) {
        progress.begin(all.size());
        List<Lesson> lessons = Flux.fromIterable(all)
                .flatMapSequential(lesson -> lesson, atOnce)
                .collectList()
                .block();
        progress.end();
        return Objects.requireNonNull(lessons);
    }

    /** Whether lessons under a pushed bias that the upstream does not show of itself are told. Blocks. */
    boolean tellsHiddenBias(Example example) {
        return answers.tellsHiddenBias(example.request(model, List.of()));
    }

    private Mono<Lesson> lesson(Example example, List<PrefaceMessage> preface, Map<Integer, Double> bias) {
        return lesson(example, answers.of(example.request(model, preface), example.completion(), bias));
    }

    private Mono<Lesson> lesson(Example example, Mono<ShownAnswers.Shown> answer) {
        return answer.doOnNext(shown -> progress.done(shown.known()))
                .doOnError(ApiException.class, refused -> progress.failed(example.question()))
                .map(shown -> new Lesson(example.prompt(), shown.steps()));
    }
}
