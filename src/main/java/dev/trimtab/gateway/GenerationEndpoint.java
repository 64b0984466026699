package dev.trimtab.gateway;

import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.RequestHead;
import dev.trimtab.steering.ResampledLaw;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Upstream.Body;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code POST /v1/chat/completions} and {@code POST /v1/completions}: read, choose, pass on or steer. */
final class GenerationEndpoint {
    private final RequestBodies bodies;
    private final PolicyChooser policies;
    private final Passage passage;
    private final Steering steering;
    private final SteeredAnswers steered;

    GenerationEndpoint(
            RequestBodies bodies, PolicyChooser policies, Passage passage, Steering steering, SteeredAnswers steered) {
        this.bodies = bodies;
        this.policies = policies;
        this.passage = passage;
        this.steering = steering;
        this.steered = steered;
    }

    Mono<ServerResponse> answer(ServerRequest request, AnswerForm form) {
        return bodies.read(request).flatMap(body -> answer(request, form, body));
    }

    private Mono<ServerResponse> answer(ServerRequest request, AnswerForm form, byte[] body) {
        RequestHead head = RequestHead.scan(body);
        Optional<ChosenPolicy> chosen = policies.choose(
                head.model(),
                request.headers().firstHeader(ChosenPolicy.HEADER),
                Authentication.key(request).orElse(null));
        chosen.ifPresent(
                policy -> policy.describe(request.exchange().getResponse().getHeaders()));
        return chosen.map(policy -> under(policy, request, form, head, body))
                .orElseGet(() -> passage.pass(request, Body.of(body)));
    }

    private Mono<ServerResponse> under(
            ChosenPolicy chosen, ServerRequest request, AnswerForm form, RequestHead head, byte[] body) {
        byte[] rewritten = chosen.rewritten(body);
        if (chosen.passes()) {
            return passage.pass(request, Body.of(rewritten));
        }
        GenerationRequest generation =
                form == AnswerForm.CHAT ? ChatRequest.parse(rewritten) : CompletionRequest.parse(rewritten);
        if (!chosen.policy().steersTokens()) {
            return passage.pass(request, Body.of(Json.bytes(steering.prefaced(generation, chosen.policy()))));
        }
        ResampledLaw law = steering.resampledLaw(generation, chosen.policy());
        if (law != null) {
            ChosenPolicy.describe(request.exchange().getResponse().getHeaders(), law);
        }
        String asked = head.model() == null ? chosen.policy().name() : head.model();
        return steered.answer(request, form, generation, chosen.policy(), asked);
    }
}
