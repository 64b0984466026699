package dev.trimtab.upstream;

import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream is and how long it may take.
 *
 * @param name what policies call it
 * @param baseUrl up to and including the version, e.g. {@code https://host/v1}
 * @param key sent as a bearer token; where absent the client's own {@code Authorization} is
 * @param capabilities what it can do
 * @param vocabulary its tokens, where they are known
 * @param tokenizer what makes ids of prompts, where the gateway writes them
 * @param connectTimeout the longest wait for a connection
 * @param firstTokenTimeout the longest wait for the first token of a draft
 * @param idleTimeout the longest silence between two reads of a draft
 * @param wholeTimeout the longest silence of a request that is passed on
 * @param connections the most connections at once
 */
public record UpstreamSettings(
        String name,
        URI baseUrl,
        @Nullable ApiKey key,
        Capabilities capabilities,
        @Nullable Vocabulary vocabulary,
        @Nullable Tokenizer tokenizer,
        Duration connectTimeout,
        Duration firstTokenTimeout,
        Duration idleTimeout,
        Duration wholeTimeout,
        int connections) {

    public UpstreamSettings {
        String scheme = baseUrl.getScheme();
        if (baseUrl.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("base-url: " + baseUrl + " (expected: http://… or https://…)");
        }
        if (connections < 1) {
            throw new IllegalArgumentException("connections: " + connections + " (expected: at least 1)");
        }
    }

    /** Settings with the default time-outs. */
    public static UpstreamSettings of(
            String name,
            URI baseUrl,
            @Nullable ApiKey key,
            Capabilities capabilities,
            @Nullable Vocabulary vocabulary) {
        return new UpstreamSettings(
                name,
                baseUrl,
                key,
                capabilities,
                vocabulary,
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                500);
    }

    /** A secret that cannot be printed: only {@link #reveal} shows it. */
    public static final class ApiKey {
        private final String value;

        public ApiKey(String value) {
            this.value = value;
        }

        public String reveal() {
            return value;
        }

        @Override
        public String toString() {
            return "ApiKey[redacted]";
        }
    }
}
