package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the policy of a request: its model's name, else its header, else the default. */
final class PolicyChooser {
    private final PolicyCatalogue policies;
    private final @Nullable String defaultPolicy;
    private final @Nullable String defaultModel;

    PolicyChooser(PolicyCatalogue policies, @Nullable String defaultPolicy, @Nullable String defaultModel) {
        this.policies = policies;
        this.defaultPolicy = defaultPolicy;
        this.defaultModel = defaultModel;
    }

    /** Empty where the request is to be passed on as it is. */
    Optional<ChosenPolicy> choose(@Nullable String model, @Nullable String header) {
        Optional<Policy> named = model == null ? Optional.empty() : policies.find(model);
        if (named.isPresent()) {
            return named.map(policy -> new ChosenPolicy(policy, modelFor(policy)));
        }
        String name = header == null ? defaultPolicy : header;
        if (name == null) {
            return Optional.empty();
        }
        String param = header == null ? "default-policy" : ChosenPolicy.HEADER;
        Policy policy = policies.find(name).orElseThrow(() -> ChosenPolicy.unknown(param, name));
        return Optional.of(new ChosenPolicy(policy, policy.model()));
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
