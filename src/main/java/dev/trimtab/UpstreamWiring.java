package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.gateway.Backends;
import dev.trimtab.gateway.Backends.Backend;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The upstreams, each with what steers it: the configured one or the demo, and its fallbacks. */
@Configuration(proxyBeanMethods = false)
class UpstreamWiring {
    /** Absent where an upstream is configured. */
    @Bean
    @Nullable
    DemoServer demoServer(TrimtabProperties properties, MeterRegistry registry) {
        if (!properties.usesDemo()) {
            return null;
        }
        DemoServer demo = DemoServer.start(properties.demo().settings());
        FunctionCounter.builder("trimtab.demo.generated", demo, DemoServer::generatedTokens)
                .description("Tokens that the embedded upstream has drawn, ends included")
                .baseUnit("tokens")
                .register(registry);
        return demo;
    }

    @Bean
    UpstreamSettings upstreamSettings(TrimtabProperties properties, Optional<DemoServer> demo) {
        return demo.map(server -> DemoUpstream.settings(
                                server, properties.demo().settings())
                        .withDrafting(properties.upstream().drafting()))
                .orElseGet(properties.upstream()::settings);
    }

    @Bean
    Backends backends(TrimtabProperties properties, UpstreamSettings settings, MeterRegistry registry) {
        List<Backend> all = new ArrayList<>(List.of(backend(settings, null, registry)));
        properties.fallbacks().forEach(fallback -> all.add(backend(fallback.settings(), fallback.model(), registry)));
        return new Backends(all);
    }

    private static Backend backend(UpstreamSettings settings, @Nullable String model, MeterRegistry registry) {
        Upstream upstream = new Upstream(settings, registry);
        Steering steering = new Steering(
                upstream, registry, () -> ThreadLocalRandom.current().nextLong());
        return new Backend(upstream, steering, model);
    }
}
