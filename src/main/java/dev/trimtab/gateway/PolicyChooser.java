package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Finds the policy of a request: its model's name, else its header, else its key's, else the one that serves one of its
 * headers, else the one that serves its model, else the default.
 */
final class PolicyChooser {
    private final PolicyCatalogue policies;
    private final @Nullable String defaultPolicy;
    private final @Nullable String defaultModel;

    PolicyChooser(PolicyCatalogue policies, @Nullable String defaultPolicy, @Nullable String defaultModel) {
        this.policies = policies;
        this.defaultPolicy = defaultPolicy;
        this.defaultModel = defaultModel;
    }

    /** Chooses; empty where the request is to be passed on as it is. */
    Optional<ChosenPolicy> choose(@Nullable String model, ServerRequest request) {
        GatewayKey key = Authentication.key(request).orElse(null);
        String header = request.headers().firstHeader(ChosenPolicy.HEADER);
        Optional<Policy> named = model == null ? Optional.empty() : policies.find(model);
        if (named.isPresent()) {
            checkAllowed("model", named.get().name(), key);
            return named.map(policy -> new ChosenPolicy(policy, modelFor(policy)));
        }
        if (header != null) {
            checkAllowed(ChosenPolicy.HEADER, header, key);
            return Optional.of(served(ChosenPolicy.HEADER, header));
        }
        String attached = key == null ? null : key.policy();
        if (attached != null) {
            return Optional.of(served("policy of the key", attached));
        }
        Optional<Policy> serving = serving(model, request);
        if (serving.isPresent()) {
            checkAllowed("policy that serves this request", serving.get().name(), key);
            return serving.map(policy -> new ChosenPolicy(policy, policy.model()));
        }
        return Optional.ofNullable(defaultPolicy).map(name -> served("default-policy", name));
    }

    /** True where a request's model may decide its policy though it is no policy's name. */
    boolean serveModels() {
        return policies.all().stream()
                .anyMatch(policy -> !policy.attachments().models().isEmpty());
    }

    private Optional<Policy> serving(@Nullable String model, ServerRequest request) {
        List<Policy> all = policies.all();
        return all.stream()
                .filter(policy ->
                        policy.attachments().serves(name -> request.headers().firstHeader(name)))
                .findFirst()
                .or(() -> all.stream()
                        .filter(policy -> policy.attachments().serves(model))
                        .findFirst());
    }

    private ChosenPolicy served(String param, String name) {
        Policy policy = policies.find(name).orElseThrow(() -> ChosenPolicy.unknown(param, name));
        return new ChosenPolicy(policy, policy.model());
    }

    private static void checkAllowed(String param, String name, @Nullable GatewayKey key) {
        if (key != null && !key.mayChoose(name)) {
            throw new ApiException(
                            ErrorKind.FORBIDDEN, param + ": " + name + " (expected: a policy that this key may choose)")
                    .withParam(param)
                    .withCode("policy_not_allowed");
        }
    }

    /** The client named the policy where the model belongs, so the model must come from elsewhere. */
    private String modelFor(Policy policy) {
        String model = policy.model() == null ? defaultModel : policy.model();
        if (model == null) {
            throw new ApiException(
                    ErrorKind.POLICY_REFUSED,
                    "Policy " + policy.name() + " names no model, and there is no default"
                            + " (expected: model in its policy.yaml, or trimtab.upstream.model)");
        }
        return model;
    }
}
