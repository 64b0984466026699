package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Probe;
import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.ProbeStore;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An upstream that a command asks by itself, without a gateway: the demo, started here, or one by its URL, probed.
 *
 * @param demo null where it is not the demo
 * @param model the model that is asked
 * @param fingerprint changes when the upstream does
 * @param tokenizer its {@code tokenizer.json}, or null where that is not known
 */
record AskedUpstream(
        @Nullable DemoServer demo,
        Upstream upstream,
        String model,
        String fingerprint,
        @Nullable Path tokenizer,
        SimpleMeterRegistry meters)
        implements AutoCloseable {

    /**
     * Opens one.
     *
     * @param place {@code demo}, or the API's URL up to and including the version
     * @param model null: the configured one, else the first that is listed
     * @param topLogprobs the most candidates that it is taken to show; null: as many as it shows
     * @throws IllegalArgumentException where it shows fewer
     */
    static AskedUpstream open(String place, @Nullable String model, @Nullable Integer topLogprobs) {
        return place.equals(DemoUpstream.NAME) ? embedded(topLogprobs) : configured(place, model, topLogprobs);
    }

    private static AskedUpstream embedded(@Nullable Integer topLogprobs) {
        DemoSettings shows = topLogprobs == null
                ? DemoSettings.defaults()
                : DemoSettings.defaults().withMaxLogprobs(checked(topLogprobs, DemoUpstream.VOCABULARY));
        DemoServer server = DemoServer.start(shows);
        UpstreamSettings settings = DemoUpstream.settings(server, shows);
        String fingerprint = new Probe(settings, DemoUpstream.NAME).fingerprint();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        return new AskedUpstream(
                server, new Upstream(settings, meters), DemoUpstream.NAME, fingerprint, demoTokenizer(), meters);
    }

    /** A copy of the demo's, which is in the jar. */
    static Path demoTokenizer() {
        try (InputStream packed = AskedUpstream.class.getResourceAsStream("/demo/tokenizer.json")) {
            Path copy = Files.createTempFile("trimtab-demo", ".json");
            copy.toFile().deleteOnExit();
            Files.copy(Objects.requireNonNull(packed), copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static int checked(int topLogprobs, int most) {
        if (topLogprobs < 1 || topLogprobs > most) {
            throw new IllegalArgumentException(
                    "--top-logprobs: " + topLogprobs + " (expected: 1.." + most + ", as the upstream shows)");
        }
        return topLogprobs;
    }

    private static AskedUpstream configured(String url, @Nullable String model, @Nullable Integer topLogprobs) {
        List<String> arguments = new ArrayList<>(List.of("--trimtab.upstream.base-url=" + url));
        if (model != null) {
            arguments.add("--trimtab.upstream.model=" + model);
        }
        UpstreamProperties properties;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ProbeCommand.Settings.class)
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(String[]::new))) {
            properties = context.getBean(TrimtabProperties.class).upstream();
        }
        UpstreamSettings settings = properties.settings();
        ProbeReport report = known(new Probe(settings, properties.model()), properties);
        Capabilities able = properties.capabilities().over(report.capabilities());
        int candidates = topLogprobs == null ? able.topLogprobs() : checked(topLogprobs, able.topLogprobs());
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Upstream upstream = new Upstream(settings, meters);
        upstream.learn(able.showing(candidates));
        return new AskedUpstream(
                null,
                upstream,
                Objects.requireNonNullElse(report.model(), ""),
                String.valueOf(report.fingerprint()),
                properties.tokenizer(),
                meters);
    }

    /** What was found before, where the upstream is still the same, or what is found now. */
    private static ProbeReport known(Probe probe, UpstreamProperties properties) {
        ProbeStore store = new ProbeStore(properties.probeFile());
        Optional<ProbeReport> kept = store.find(properties.settings().baseUrl(), properties.model());
        String fingerprint = probe.fingerprint();
        if (kept.isPresent() && fingerprint.equals(kept.get().fingerprint())) {
            return kept.get();
        }
        ProbeReport report = probe.run();
        store.keep(report);
        return report;
    }

    @Override
    public void close() {
        upstream.close();
        if (demo != null) {
            demo.close();
        }
    }
}
