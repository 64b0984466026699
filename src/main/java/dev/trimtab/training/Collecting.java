package dev.trimtab.training;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.token.Step;
import dev.trimtab.upstream.TeacherForcing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Collects what the upstream shows of wanted answers, several at once, each of them once and for all. */
final class Collecting {
    private final TeacherForcing forcing;
    private final ShownCache cache;
    private final String model;
    private final int atOnce;
    private final Progress progress;

    /**
     * @param cache of this upstream as it is now
     * @param atOnce how many answers are asked about at a time, ≥ 1
     */
    Collecting(TeacherForcing forcing, ShownCache cache, String model, int atOnce, Progress progress) {
        this.forcing = forcing;
        this.cache = cache;
        this.model = model;
        this.atOnce = atOnce;
        this.progress = progress;
    }

    /**
     * The lessons of examples, in their order. Blocks.
     *
     * @param preface what stands before an example
     * @param bias pushed, nats by token id; not to be seen where the upstream does not show it
     */
    List<Lesson> lessons(
            List<Example> examples, Function<Example, List<PrefaceMessage>> preface, Map<Integer, Double> bias) {
        progress.begin(examples.size());
        List<Lesson> lessons = Flux.fromIterable(examples)
                .flatMapSequential(example -> lesson(example, preface.apply(example), bias), atOnce)
                .collectList()
                .block();
        progress.end();
        return Objects.requireNonNull(lessons);
    }

    private Mono<Lesson> lesson(Example example, List<PrefaceMessage> preface, Map<Integer, Double> bias) {
        GenerationRequest request = example.request(model, preface);
        String key = key(request, example.completion(), bias);
        List<Step> known = cache.find(key);
        Mono<List<Step>> steps = known != null
                ? Mono.just(known)
                : forcing.steps(request, example.completion(), bias)
                        .doOnNext(shown -> cache.keep(key, shown))
                        .doOnNext(shown -> progress.asked());
        return steps.doOnNext(shown -> progress.done(shown.size())).map(shown -> new Lesson(example.prompt(), shown));
    }

    private static String key(GenerationRequest request, String answer, Map<Integer, Double> bias) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Json.bytes(request.json()));
            digest.update((byte) 0);
            if (!bias.isEmpty()) {
                digest.update(new TreeMap<>(bias).toString().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(answer.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
