package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.RequestHead;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.policy.Stage;
import dev.trimtab.steering.ResampledLaw;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The policy of one request.
 *
 * @param model the upstream's model to ask, or null to ask what the client asked
 */
record ChosenPolicy(Policy policy, @Nullable String model) {
    static final String HEADER = "x-trimtab-policy";
    private static final String ROUTE = "x-trimtab-route";

    /** True where the answer is the upstream's own. */
    boolean passes() {
        return policy.stage() == Stage.OFF || !policy.steers();
    }

    /** The request as the upstream is to read it, every other byte untouched. */
    byte[] rewritten(byte[] body) {
        return model == null ? body : RequestHead.withModel(body, model);
    }

    /** What an answer's headers say before its first token. */
    void describe(HttpHeaders headers) {
        headers.set(HEADER, policy.name());
        headers.set("x-trimtab-version", policy.version());
        headers.set("x-trimtab-stage", policy.stage().name().toLowerCase(Locale.ROOT));
        headers.set(ROUTE, route());
    }

    private String route() {
        if (passes()) {
            return "unsteered";
        }
        return !policy.steersTokens() ? "prefaced" : policy.route() == Route.STEPWISE ? "stepwise" : "drafted";
    }

    /** Says that an answer is drawn among whole drafts, and by which law. */
    static void describe(HttpHeaders headers, ResampledLaw law) {
        headers.set(ROUTE, "resampled");
        headers.set("x-trimtab-law", law.header());
    }

    static ApiException unknown(String param, String name) {
        return new ApiException(ErrorKind.NOT_FOUND, param + ": " + name + " (expected: a policy that is served)")
                .withParam(param)
                .withCode("policy_not_found");
    }
}
