package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.upstream.Probe;
import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.ProbeStore;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks an upstream what it can do. */
@Command(
        name = "probe",
        description = {
            "Find out what an upstream can do, by asking it, and keep it for the gateway.",
            "Its key is read from the environment (TRIMTAB_UPSTREAM_API_KEY) or the configuration."
        })
final class ProbeCommand implements Callable<Integer> {
    @Option(
            names = "--base-url",
            description = "Its API up to and including the version. Default: the configured one, else the demo.")
    private @Nullable URI baseUrl;

    @Option(names = "--model", description = "The model. Default: the configured one, else the first that is listed.")
    private @Nullable String model;

    @Override
    public Integer call() {
        ProbeReport report;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Settings.class)
                .web(WebApplicationType.NONE)
                .run(settings())) {
            report = probed(context.getBean(TrimtabProperties.class));
        } catch (RuntimeException reported) {
            return 1;
        }
        System.out.print(ProbeTable.text(report));
        return report.answered() ? 0 : 1;
    }

    private String[] settings() {
        List<String> settings = new ArrayList<>();
        if (baseUrl != null) {
            settings.add("--trimtab.upstream.base-url=" + baseUrl);
        }
        if (model != null) {
            settings.add("--trimtab.upstream.model=" + model);
        }
        return settings.toArray(String[]::new);
    }

    private static ProbeReport probed(TrimtabProperties properties) {
        if (properties.usesDemo()) {
            DemoSettings demo = properties.demo().settings();
            try (DemoServer server = DemoServer.start(demo)) {
                return new Probe(DemoUpstream.settings(server, demo), DemoUpstream.NAME).run();
            }
        }
        UpstreamProperties upstream = properties.upstream();
        ProbeReport report = new Probe(upstream.settings(), upstream.model()).run();
        if (report.answered()) {
            new ProbeStore(upstream.probeFile()).keep(report);
        }
        return report;
    }

    /** The settings, and nothing that serves. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(TrimtabProperties.class)
    static class Settings {}
}
