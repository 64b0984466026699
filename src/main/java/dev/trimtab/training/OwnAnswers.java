package dev.trimtab.training;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.DraftEvent;
import dev.trimtab.upstream.DraftEvent.Drawn;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Has an upstream write answers of its own, at temperature 1 without truncation, several at once, each of them once and
 * for all.
 */
final class OwnAnswers {
    private final Asked asked;
    private final ShownCache cache;
    private final String model;
    private final int maxTokens;
    private final int atOnce;
    private final Progress progress;

    /**
     * @param cache of this upstream as it is now
     * @param maxTokens of an answer, ≥ 1
     * @param atOnce how many are written at a time, ≥ 1
     */
    OwnAnswers(Asked asked, ShownCache cache, String model, int maxTokens, int atOnce, Progress progress) {
        this.asked = asked;
        this.cache = cache;
        this.model = model;
        this.maxTokens = maxTokens;
        this.atOnce = atOnce;
        this.progress = progress;
    }

    /** So many answers to each prompt, prompt by prompt; the end is among their steps where it is shown. Blocks. */
    List<Lesson> lessons(List<Example> prompts, int each) {
        progress.begin(prompts.size() * each);
        List<Lesson> lessons = Flux.fromIterable(prompts)
                .concatMapIterable(prompt -> IntStream.range(0, each)
                        .mapToObj(number -> lesson(prompt, number))
                        .toList())
                .flatMapSequential(lesson -> lesson, atOnce)
                .collectList()
                .block();
        progress.end();
        return Objects.requireNonNull(lessons);
    }

    /** The seed is of the answer's own key, so that no two of them are alike where seeds are honoured. */
    private Mono<Lesson> lesson(Example prompt, int number) {
        GenerationRequest request = prompt.request(model, List.of());
        String key = Digest.of(
                (new String(Json.bytes(request.json()), StandardCharsets.UTF_8) + "\nown " + number + " " + maxTokens)
                        .getBytes(StandardCharsets.UTF_8));
        List<Step> known = cache.find(key);
        Mono<List<Step>> steps = known != null
                ? Mono.just(known)
                : written(request, key.hashCode() & Integer.MAX_VALUE)
                        .doOnNext(shown -> cache.keep(key, shown))
                        .doOnNext(shown -> progress.asked());
        return steps.doOnNext(shown -> progress.done(shown.size())).map(shown -> new Lesson(prompt.prompt(), shown));
    }

    private Mono<List<Step>> written(GenerationRequest request, int seed) {
        return Mono.defer(() -> {
            String lacking = asked.capabilities().whyNotSteerable(request instanceof ChatRequest);
            if (lacking != null) {
                throw new ApiException(ErrorKind.POLICY_REFUSED, "The upstream lacks " + lacking + ".");
            }
            return asked.drafter(request, request.json(), null)
                    .draft(List.of(), new DraftOptions(1, Truncation.NONE, maxTokens, seed, Map.of()))
                    .ofType(DraftEvent.Drawn.class)
                    .map(OwnAnswers::shown)
                    .collectList();
        });
    }

    /** A record of several tokens shows nothing of the others that might have come. */
    private static Step shown(Drawn drawn) {
        return drawn.opaque() ? new Step(drawn.step().drawn(), Double.NaN, Candidates.NONE) : drawn.step();
    }
}
