package dev.trimtab;

import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.Resilience;
import dev.trimtab.upstream.UpstreamSettings;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The closed model's API.
 *
 * @param name what policies call it
 * @param baseUrl up to and including the version; absent: the embedded demo
 * @param apiKey absent: the client's own {@code Authorization} goes upstream
 * @param model the model of policies that name none
 * @param otherModels that are asked, too, what they can do
 * @param tokenizer its {@code tokenizer.json}, where it is known
 * @param plaintext whether an {@code http://} URL of another machine is taken
 * @param trustedCertificates a PEM file, instead of what the Java runtime trusts
 * @param probe whether it is asked what it can do
 */
record UpstreamProperties(
        @DefaultValue("upstream") String name,
        @Nullable URI baseUrl,
        @Nullable ApiKey apiKey,
        @Nullable String model,
        @DefaultValue List<String> otherModels,
        @Nullable Path tokenizer,
        @DefaultValue("false") boolean plaintext,
        @Nullable Path trustedCertificates,
        @DefaultValue Timeouts timeouts,
        @DefaultValue Pool pool,
        @DefaultValue Retry retry,
        @DefaultValue Breaker breaker,
        @DefaultValue Drafts drafts,
        @DefaultValue("true") boolean probe,
        @DefaultValue("data/probes.json") Path probeFile,
        @DefaultValue("1h") Duration probeInterval,
        @DefaultValue CapabilityProperties capabilities) {

    /** An empty value, as an environment may have it, is none. */
    UpstreamProperties {
        apiKey = apiKey == null || apiKey.reveal().isBlank() ? null : apiKey;
        model = model == null || model.isBlank() ? null : model;
    }

    UpstreamSettings settings() {
        if (baseUrl == null) {
            throw new IllegalStateException("trimtab.upstream.base-url: nothing (expected: http://… or https://…)");
        }
        Capabilities stated = capabilities.over(Capabilities.CONSERVATIVE);
        byte[] file = tokenizer == null ? null : bytes(tokenizer);
        UpstreamSettings settings = new UpstreamSettings(
                name,
                baseUrl,
                apiKey,
                stated,
                file == null ? null : Vocabulary.read(file),
                file == null || stated.template() == Template.NONE ? null : Tokenizer.read(file),
                resilience(),
                drafting(),
                trustedCertificates);
        if (settings.isExposed() && !plaintext) {
            throw new IllegalArgumentException("trimtab.upstream.base-url: " + baseUrl
                    + " (expected: https://…; trimtab.upstream.plaintext: true sends keys and prompts unencrypted)");
        }
        return settings;
    }

    Drafting drafting() {
        return new Drafting(drafts.length(), drafts.tokens(), drafts.callCost());
    }

    private Resilience resilience() {
        return new Resilience(
                new Resilience.Timeouts(timeouts.connect(), timeouts.firstToken(), timeouts.idle(), timeouts.whole()),
                new Resilience.Pool(pool.connections(), pool.waiting(), pool.longestWait()),
                new Resilience.Retries(retry.attempts(), retry.firstWait(), retry.longestAsked()),
                new Resilience.Breaking(breaker.failureRate(), breaker.calls(), breaker.openTime()));
    }

    private static byte[] bytes(Path tokenizer) {
        try {
            return Files.readAllBytes(tokenizer);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "trimtab.upstream.tokenizer: " + tokenizer + " (expected: a file that can be read)", e);
        }
    }

    record Timeouts(
            @DefaultValue("5s") Duration connect,
            @DefaultValue("60s") Duration firstToken,
            @DefaultValue("60s") Duration idle,
            @DefaultValue("10m") Duration whole) {}

    record Drafts(
            @DefaultValue("streamed") Drafting.Length length,
            @DefaultValue("16") int tokens,
            @DefaultValue("16") int callCost) {}

    record Pool(
            @DefaultValue("500") int connections,
            @DefaultValue("500") int waiting,
            @DefaultValue("5s") Duration longestWait) {}

    record Retry(
            @DefaultValue("3") int attempts,
            @DefaultValue("200ms") Duration firstWait,
            @DefaultValue("5s") Duration longestAsked) {}

    record Breaker(
            @DefaultValue("50") int failureRate,
            @DefaultValue("20") int calls,
            @DefaultValue("10s") Duration openTime) {}

    /** What the upstream can do, as far as it is stated; the rest is what is found. */
    record CapabilityProperties(
            @Nullable Integer topLogprobs,
            @Nullable ShownLaw shownLaw,
            Truncation.@Nullable Order truncationOrder,
            @Nullable Continuation continuation,
            @Nullable Boolean promptIds,
            @Nullable Integer biasEntries,
            @Nullable EndRecords endRecords,
            @Nullable Map<String, Double> neutral,
            @Nullable Map<String, Boolean> prefill,
            @Nullable Double temperature,
            @Nullable Integer context,
            @Nullable Integer vocabularySize,
            @Nullable Boolean mergedRecords,
            @Nullable Boolean wholeBias,
            @Nullable Template template,
            @Nullable Boolean echo) {

        /** A stated continuation is that of the chat endpoint, unless a template is stated, too. */
        Capabilities over(Capabilities found) {
            return new Capabilities(
                    or(topLogprobs, found.topLogprobs()),
                    or(shownLaw, found.shownLaw()),
                    or(truncationOrder, found.truncationOrder()),
                    or(continuation, found.continuation()),
                    or(promptIds, found.promptIds()),
                    or(biasEntries, found.biasEntries()),
                    or(endRecords, found.endRecords()),
                    or(neutral, found.neutral()),
                    or(prefill, found.prefill()),
                    or(temperature, found.temperature()),
                    or(context, found.context()),
                    or(vocabularySize, found.vocabularySize()),
                    or(mergedRecords, found.mergedRecords()),
                    or(wholeBias, found.wholeBias()),
                    or(template, continuation == null ? found.template() : Template.NONE),
                    or(echo, found.echo()));
        }

        private static <T> T or(@Nullable T stated, T found) {
            return stated == null ? found : stated;
        }
    }
}
