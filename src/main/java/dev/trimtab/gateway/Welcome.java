package dev.trimtab.gateway;

import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code GET /}: what this is and what to try. */
final class Welcome {
    private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

    private final PolicyCatalogue policies;

    Welcome(PolicyCatalogue policies) {
        this.policies = policies;
    }

    Mono<ServerResponse> answer(ServerRequest request) {
        URI uri = request.uri();
        String base = uri.getScheme() + "://" + uri.getRawAuthority();
        return ServerResponse.ok().contentType(TEXT).bodyValue(text(base));
    }

    private String text(String base) {
        String names = policies.all().stream().map(Policy::name).collect(Collectors.joining(", "));
        return """
                Trimtab: an OpenAI-compatible gateway that steers a closed language model in flight.
                Set a client's base URL to %1$s/v1; a policy is asked for like a model, by its name.

                  models and policies   %1$s/v1/models
                  chat                  %1$s/v1/chat/completions
                  completions           %1$s/v1/completions
                  health                %1$s/livez  %1$s/readyz
                  meters                %1$s/actuator/prometheus

                Policies: %2$s
                """.formatted(base, names.isEmpty() ? "none" : names)
                + (names.isEmpty() ? "" : example(base, policies.all().get(0).name()));
    }

    private static String example(String base, String model) {
        return """

                curl %s/v1/chat/completions -H 'content-type: application/json' -d '{"model":"%s","messages":[{"role":"user","content":"Hello"}]}'
                """.formatted(base, model);
    }
}
