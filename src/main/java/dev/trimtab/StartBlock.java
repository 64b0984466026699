package dev.trimtab;

import dev.trimtab.gateway.GatewaySettings;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.upstream.UpstreamSettings;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;

/**
 * What the start ends with: where everything is, and something to try.
 *
 * @param url the gateway's own
 * @param model the upstream's default model, or null
 * @param device where scorers run, or that there are none
 */
record StartBlock(
        String url,
        UpstreamSettings upstream,
        boolean demo,
        @Nullable String model,
        List<Policy> policies,
        String device) {

    static StartBlock of(ApplicationContext context) {
        TrimtabProperties properties = context.getBean(TrimtabProperties.class);
        List<Policy> policies = context.getBean(PolicyCatalogue.class).all();
        return new StartBlock(
                url(context.getEnvironment()),
                context.getBean(UpstreamSettings.class),
                properties.usesDemo(),
                context.getBean(GatewaySettings.class).model(),
                policies,
                device(policies));
    }

    /** The gateway's own URL as its server is bound. */
    private static String url(Environment environment) {
        String address = environment.getProperty("server.address", "127.0.0.1");
        String host = address.equals("0.0.0.0") || address.equals("::") ? "127.0.0.1" : address;
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + environment.getProperty("local.server.port");
    }

    /** What the scorers got. */
    private static String device(List<Policy> policies) {
        return policies.stream()
                .flatMap(policy -> policy.scorers().stream())
                .map(WeightedScorer::scorer)
                .map(Scorer::accelerator)
                .findFirst()
                .map(got -> "on " + got)
                .orElse("none");
    }

    String text() {
        return """

                Trimtab is ready: %s/v1

                  upstream   %s
                  models     %s
                  policies   %s
                  scorers    %s

                Try it:
                  %s
                """.formatted(url, upstreamLine(), modelLine(), policyLine(), device, curl());
    }

    private String upstreamLine() {
        return demo
                ? "the embedded demo, a tiny model that only knows restaurants (" + upstream.baseUrl() + ")"
                : upstream.baseUrl() + (upstream.key() == null ? ", with each client's own key" : "");
    }

    private String modelLine() {
        return (model == null ? "" : model + " by default; ") + "all at " + url + "/v1/models";
    }

    private String policyLine() {
        return policies.isEmpty()
                ? "none"
                : policies.stream()
                        .map(policy ->
                                policy.name() + " (" + policy.stage().name().toLowerCase(Locale.ROOT) + ")")
                        .collect(Collectors.joining(", "));
    }

    private String curl() {
        String asked = policies.stream()
                .filter(policy -> policy.model() != null || model != null)
                .map(Policy::name)
                .findFirst()
                .orElse(model == null ? "MODEL" : model);
        String content = demo
                ? "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]"
                : "Hello";
        String key = demo || upstream.key() != null ? "" : " -H \"authorization: Bearer $OPENAI_API_KEY\"";
        return "curl " + url + "/v1/chat/completions -H 'content-type: application/json'" + key + " -d '{\"model\":\""
                + asked + "\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}'";
    }
}
