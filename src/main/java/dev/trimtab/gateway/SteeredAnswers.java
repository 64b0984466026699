package dev.trimtab.gateway;

import dev.trimtab.gateway.Backends.Backend;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.ResampledLaw;
import dev.trimtab.steering.Steered;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Hands a request to steering and writes what is decided, whole or as it comes. */
final class SteeredAnswers {
    private final Backends backends;
    private final Clock clock;
    private final GatewaySettings settings;

    SteeredAnswers(Backends backends, Clock clock, GatewaySettings settings) {
        this.backends = backends;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * Steers an answer.
     *
     * @param body the request
     * @param model what the client asked for, by which the answer calls itself
     */
    Mono<ServerResponse> answer(
            ServerRequest request, AnswerForm form, byte[] body, ChosenPolicy chosen, String model) {
        Policy policy = chosen.policy();
        Explanation explanation = Explanation.of(request.headers().firstHeader(Explanation.HEADER));
        GenerationRequest generation = GenerationRequest.parse(form, body);
        checkChoices(generation);
        Flux<AnswerPart> parts = Backends.steer(
                        backends.of(policy), backend -> parts(request, backend, form, body, chosen, explanation))
                .takeUntilOther(Mono.delay(settings.maxAnswerTime()).then(Mono.error(SteeredAnswers::tooLong)));
        SamplingParameters sampling = generation.sampling();
        SteeredChoices choices = new SteeredChoices(sampling.topLogprobs() >= 0, sampling.n());
        SteeredAnswer answer = new SteeredAnswer(form, head(form, model), sampling, policy, explanation, choices);
        return sampling.stream() ? streamed(parts, answer) : whole(parts, answer);
    }

    private Flux<AnswerPart> parts(
            ServerRequest request,
            Backend backend,
            AnswerForm form,
            byte[] body,
            ChosenPolicy chosen,
            Explanation explanation) {
        return Flux.defer(() -> {
            GenerationRequest generation = GenerationRequest.parse(form, backend.body(body));
            String authorization = request.headers().firstHeader("authorization");
            Steered steered = backend.steering()
                    .steer(generation, chosen.policy(), authorization, explanation == Explanation.STEPS);
            describe(request.exchange().getResponse().getHeaders(), backend, chosen, steered.law());
            return steered.parts();
        });
    }

    private void describe(HttpHeaders answer, Backend backend, ChosenPolicy chosen, @Nullable ResampledLaw law) {
        backends.describe(answer, backend);
        if (law == null) {
            chosen.describe(answer);
        } else {
            ChosenPolicy.describe(answer, law);
        }
    }

    private void checkChoices(GenerationRequest request) {
        int prompts = request instanceof CompletionRequest completion
                ? completion.prompts().size()
                : 1;
        int choices = prompts * request.sampling().n();
        if (choices > settings.maxChoices()) {
            throw ApiException.invalid(
                    "n", "n: " + choices + " choices in all (expected: at most " + settings.maxChoices() + ")");
        }
    }

    private static ApiException tooLong() {
        return new ApiException(ErrorKind.UPSTREAM_TIMEOUT, "The answer took longer than this gateway allows.");
    }

    private static Mono<ServerResponse> streamed(Flux<AnswerPart> parts, SteeredAnswer answer) {
        return EventAnswer.of(
                parts.concatMapIterable(answer::chunks).concatWith(Flux.defer(() -> Flux.fromIterable(answer.last()))));
    }

    private static Mono<ServerResponse> whole(Flux<AnswerPart> parts, SteeredAnswer answer) {
        return parts.doOnNext(answer.choices()::add)
                .then(Mono.fromSupplier(() -> Json.bytes(answer.whole())))
                .flatMap(ServerResponse.ok().contentType(MediaType.APPLICATION_JSON)::bodyValue);
    }

    private AnswerHead head(AnswerForm form, String model) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String id = "%s-%016x%016x"
                .formatted(form == AnswerForm.CHAT ? "chatcmpl" : "cmpl", random.nextLong(), random.nextLong());
        return new AnswerHead(id, clock.instant().getEpochSecond(), model);
    }
}
