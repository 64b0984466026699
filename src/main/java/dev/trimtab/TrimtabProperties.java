package dev.trimtab;

import dev.trimtab.demo.DemoQuirks;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Ends;
import dev.trimtab.demo.Prefill;
import dev.trimtab.gateway.GatewayKey;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.token.ShownLaw;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Everything that can be set; {@code config/application.yml} says what each key means. An unknown key fails the start.
 *
 * @param fallbacks upstreams that are asked where the first cannot answer, in their order
 * @param keys who may call, by name; none: anybody
 * @param defaultPolicy the policy of requests that choose none
 */
@ConfigurationProperties(prefix = "trimtab", ignoreUnknownFields = false)
record TrimtabProperties(
        @DefaultValue UpstreamProperties upstream,
        @DefaultValue List<UpstreamProperties> fallbacks,
        @DefaultValue Demo demo,
        @DefaultValue("config/policies") Path policiesFolder,
        @DefaultValue Map<String, Key> keys,
        @Nullable String defaultPolicy,
        @DefaultValue("auto") Accelerator accelerator,
        @DefaultValue Limits limits) {

    /** An empty value, as an environment may have it, is none. */
    TrimtabProperties {
        defaultPolicy = defaultPolicy == null || defaultPolicy.isBlank() ? null : defaultPolicy;
        Set<String> names = new HashSet<>(Set.of(upstream.baseUrl() == null ? DemoUpstream.NAME : upstream.name()));
        for (int i = 0; i < fallbacks.size(); i++) {
            String name = fallbacks.get(i).name();
            if (!names.add(name)) {
                throw new IllegalArgumentException(
                        "trimtab.fallbacks[" + i + "].name: " + name + " (expected: a name of its own)");
            }
        }
    }

    /** The embedded upstream, used where no other is configured. */
    record Demo(
            @DefaultValue("0") int port,
            @DefaultValue("0ms") Duration callLatency,
            @DefaultValue("0ms") Duration tokenLatency,
            @DefaultValue("20") int maxLogprobs,
            @DefaultValue("biased") ShownLaw shown,
            @DefaultValue("shown") Ends ends,
            @DefaultValue("continued") Prefill prefill,
            @DefaultValue("true") boolean tokenIds,
            @DefaultValue("true") boolean unlisted,
            @DefaultValue("false") boolean truncates,
            @DefaultValue("false") boolean merges,
            @DefaultValue("false") boolean goesOn,
            @DefaultValue("0") double failureRate) {
        DemoSettings settings() {
            DemoQuirks quirks = new DemoQuirks(prefill, tokenIds, unlisted, truncates, merges, goesOn, failureRate);
            return new DemoSettings(port, callLatency, tokenLatency, maxLogprobs, shown, ends, quirks);
        }
    }

    /** A key that clients may call with, known by its SHA-256 alone. */
    record Key(
            @Nullable String sha256,
            @DefaultValue Set<String> policies,
            @Nullable String policy,
            @DefaultValue("256") int concurrentRequests) {
        GatewayKey key(String name) {
            String at = "trimtab.keys." + name + ".";
            if (sha256 == null || !sha256.matches("[0-9a-fA-F]{64}")) {
                throw new IllegalArgumentException(
                        at + "sha256: " + (sha256 == null ? "nothing" : sha256.length() + " characters")
                                + " (expected: the 64 hexadecimal digits of the key's SHA-256)");
            }
            if (concurrentRequests < 1) {
                throw new IllegalArgumentException(
                        at + "concurrent-requests: " + concurrentRequests + " (expected: at least 1)");
            }
            return new GatewayKey(name, HexFormat.of().parseHex(sha256), policies, policy, concurrentRequests);
        }
    }

    List<GatewayKey> gatewayKeys() {
        return keys.entrySet().stream()
                .map(entry -> entry.getValue().key(entry.getKey()))
                .toList();
    }

    record Limits(
            @DefaultValue("1MB") DataSize bodySize,
            @DefaultValue("100MB") DataSize passedBodySize,
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
