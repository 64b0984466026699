package dev.trimtab;

import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Ends;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.token.ShownLaw;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Everything that can be set; {@code config/application.yml} says what each key means. An unknown key fails the start.
 *
 * @param defaultPolicy the policy of requests that choose none
 */
@ConfigurationProperties(prefix = "trimtab", ignoreUnknownFields = false)
record TrimtabProperties(
        @DefaultValue UpstreamProperties upstream,
        @DefaultValue Demo demo,
        @DefaultValue("config/policies") Path policiesFolder,
        @Nullable String defaultPolicy,
        @DefaultValue("auto") Accelerator accelerator,
        @DefaultValue Limits limits) {

    /** An empty value, as an environment may have it, is none. */
    TrimtabProperties {
        defaultPolicy = defaultPolicy == null || defaultPolicy.isBlank() ? null : defaultPolicy;
    }

    /** The embedded upstream, used where no other is configured. */
    record Demo(
            @DefaultValue("0") int port,
            @DefaultValue("0ms") Duration callLatency,
            @DefaultValue("0ms") Duration tokenLatency,
            @DefaultValue("20") int maxLogprobs,
            @DefaultValue("biased") ShownLaw shown,
            @DefaultValue("shown") Ends ends) {
        DemoSettings settings() {
            return new DemoSettings(port, callLatency, tokenLatency, maxLogprobs, shown, ends);
        }
    }

    record Limits(
            @DefaultValue("1MB") DataSize bodySize,
            @DefaultValue("256") int concurrentRequests,
            @DefaultValue("1s") Duration retryAfter,
            @DefaultValue("30s") Duration requestTimeout,
            @DefaultValue("16") int choices,
            @DefaultValue("10m") Duration answerTime) {
        Limits {
            if (concurrentRequests < 1) {
                throw new IllegalArgumentException(
                        "trimtab.limits.concurrent-requests: " + concurrentRequests + " (expected: at least 1)");
            }
            if (choices < 1) {
                throw new IllegalArgumentException("trimtab.limits.choices: " + choices + " (expected: at least 1)");
            }
        }
    }

    /** True where the embedded upstream is to be started. */
    boolean usesDemo() {
        return upstream.baseUrl() == null;
    }
}
