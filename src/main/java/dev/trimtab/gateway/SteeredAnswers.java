package dev.trimtab.gateway;

import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.openai.Usage;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Steering;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Hands a request to steering and writes what is decided, whole or as it comes. */
final class SteeredAnswers {
    private final Steering steering;
    private final Clock clock;

    SteeredAnswers(Steering steering, Clock clock) {
        this.steering = steering;
        this.clock = clock;
    }

    /**
     * Steers an answer.
     *
     * @param model what the client asked for, by which the answer calls itself
     */
    Mono<ServerResponse> answer(
            ServerRequest request, AnswerForm form, GenerationRequest generation, Policy policy, String model) {
        Explanation explanation = Explanation.of(request.headers().firstHeader(Explanation.HEADER));
        Flux<AnswerPart> parts = steering.steer(
                generation, policy, request.headers().firstHeader("authorization"), explanation == Explanation.STEPS);
        SamplingParameters sampling = generation.sampling();
        SteeredChoices choices = new SteeredChoices(sampling.topLogprobs() >= 0, sampling.n());
        AnswerHead head = head(form, model);
        if (sampling.stream()) {
            return SteeredStream.of(parts, choices, form, head, sampling, policy, explanation);
        }
        return parts.doOnNext(choices::add)
                .then(Mono.fromSupplier(() -> whole(form, head, choices, policy, explanation)))
                .flatMap(body -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Json.bytes(body)));
    }

    private static ObjectNode whole(
            AnswerForm form, AnswerHead head, SteeredChoices choices, Policy policy, Explanation explanation) {
        Usage usage = choices.usage();
        ObjectNode body = form.whole(head, choices.whole(), usage);
        if (explanation != Explanation.NONE || choices.latched()) {
            body.set("trimtab", choices.report(policy));
        }
        return body;
    }

    private AnswerHead head(AnswerForm form, String model) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String prefix = form == AnswerForm.CHAT ? "chatcmpl-" : "cmpl-";
        String id = prefix + "%016x%016x".formatted(random.nextLong(), random.nextLong());
        return new AnswerHead(id, clock.instant().getEpochSecond(), model);
    }
}
