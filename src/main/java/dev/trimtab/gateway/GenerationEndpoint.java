package dev.trimtab.gateway;

import dev.trimtab.gateway.Backends.Backend;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.RequestHead;
import dev.trimtab.steering.Steering;
import java.util.List;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/chat/completions} and {@code POST /v1/completions}: read, choose, pass on or steer. */
final class GenerationEndpoint {
    private final RequestBodies bodies;
    private final PolicyChooser policies;
    private final Passage passage;
    private final Backends backends;
    private final SteeredAnswers steered;

    GenerationEndpoint(
            RequestBodies bodies, PolicyChooser policies, Passage passage, Backends backends, SteeredAnswers steered) {
        this.bodies = bodies;
        this.policies = policies;
        this.passage = passage;
        this.backends = backends;
        this.steered = steered;
    }

    Mono<ServerResponse> answer(ServerRequest request, AnswerForm form) {
        return bodies.read(request).flatMap(body -> answer(request, form, body));
    }

    private Mono<ServerResponse> answer(ServerRequest request, AnswerForm form, byte[] body) {
        RequestHead head = RequestHead.scan(body);
        Optional<ChosenPolicy> chosen = policies.choose(head.model(), request);
        chosen.ifPresent(
                policy -> policy.describe(request.exchange().getResponse().getHeaders()));
        return chosen.map(policy -> under(policy, request, form, head, body))
                .orElseGet(() -> passage.pass(request, backends.all(), body));
    }

    private Mono<ServerResponse> under(
            ChosenPolicy chosen, ServerRequest request, AnswerForm form, RequestHead head, byte[] body) {
        byte[] rewritten = chosen.rewritten(body);
        List<Backend> candidates = backends.of(chosen.policy());
        if (chosen.passes()) {
            return passage.pass(request, candidates, rewritten);
        }
        if (!chosen.policy().steersTokens()) {
            ObjectNode generation = GenerationRequest.parse(form, rewritten).json();
            return passage.pass(request, candidates, Json.bytes(Steering.prefaced(generation, chosen.policy())));
        }
        String asked = head.model() == null ? chosen.policy().name() : head.model();
        return steered.answer(request, form, rewritten, chosen, asked);
    }
}
