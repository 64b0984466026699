package dev.trimtab.upstream;

import dev.trimtab.model.Vocabulary;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an upstream is, what it can do and how it is called.
 *
 * @param name what policies call it
 * @param baseUrl up to and including the version, e.g. {@code https://host/v1}
 * @param key sent as a bearer token; where absent the client's own {@code Authorization} is
 * @param capabilities what it can do
 * @param vocabulary its tokens, where they are known
 * @param resilience how it is called
 * @param drafting how far its drafts may run
 * @param trustedCertificates a PEM file of those that an {@code https://} upstream's may be signed by; null: those that the
 *     Java runtime trusts
 */
public record UpstreamSettings(
        String name,
        URI baseUrl,
        @Nullable ApiKey key,
        Capabilities capabilities,
        @Nullable Vocabulary vocabulary,
        Resilience resilience,
        Drafting drafting,
        @Nullable Path trustedCertificates) {

    public UpstreamSettings {
        String scheme = baseUrl.getScheme();
        if (baseUrl.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("base-url: " + baseUrl + " (expected: http://… or https://…)");
        }
    }

    /** Settings with the default time-outs, retries and limits. */
    public static UpstreamSettings of(
            String name,
            URI baseUrl,
            @Nullable ApiKey key,
            Capabilities capabilities,
            @Nullable Vocabulary vocabulary) {
        return new UpstreamSettings(
                name, baseUrl, key, capabilities, vocabulary, Resilience.DEFAULT, Drafting.STREAMED, null);
    }

    public UpstreamSettings withDrafting(Drafting other) {
        return new UpstreamSettings(
                name, baseUrl, key, capabilities, vocabulary, resilience, other, trustedCertificates);
    }

    /** True where keys and prompts go unencrypted to what may be another machine. */
    public boolean isExposed() {
        return "http".equals(baseUrl.getScheme()) && !Tls.isLoopback(baseUrl.getHost());
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
