package dev.trimtab;

import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.UpstreamSettings;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param tokenizer its {@code tokenizer.json}, where it is known
 * @param probe whether it is asked what it can do
 */
record UpstreamProperties(
        @DefaultValue("upstream") String name,
        @Nullable URI baseUrl,
        @Nullable ApiKey apiKey,
        @Nullable String model,
        @Nullable Path tokenizer,
        @DefaultValue("500") int connections,
        @DefaultValue Timeouts timeouts,
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
        return new UpstreamSettings(
                name,
                baseUrl,
                apiKey,
                stated,
                file == null ? null : Vocabulary.read(file),
                file == null || stated.template() == Template.NONE ? null : Tokenizer.read(file),
                timeouts.connect(),
                timeouts.firstToken(),
                timeouts.idle(),
                timeouts.whole(),
                connections);
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
            @Nullable Template template) {

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
                    or(template, continuation == null ? found.template() : Template.NONE));
        }

        private static <T> T or(@Nullable T stated, T found) {
            return stated == null ? found : stated;
        }
    }
}
