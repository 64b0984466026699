package dev.trimtab;

import dev.trimtab.upstream.Probe;
import dev.trimtab.upstream.ProbeStore;
import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/** What finds out, and says, what the upstream can do. */
@Configuration(proxyBeanMethods = false)
class ProbeWiring {
    /** Absent where nothing is to be probed: what the demo can do is known. */
    @Bean(destroyMethod = "")
    @Nullable
    Probing probing(TrimtabProperties properties, UpstreamSettings settings, Upstream upstream) {
        UpstreamProperties configured = properties.upstream();
        if (properties.usesDemo() || !configured.probe()) {
            return null;
        }
        Probing probing = new Probing(
                new Probe(settings, configured.model()),
                new ProbeStore(configured.probeFile()),
                upstream,
                configured.capabilities()::over,
                configured.probeInterval());
        probing.start();
        return probing;
    }

    /** Before anything else closes: beans are destroyed after the threads that serve connections. */
    @Bean
    ApplicationListener<ContextClosedEvent> probingEnds(Optional<Probing> probing) {
        return closed -> probing.ifPresent(Probing::close);
    }

    @Bean
    CapabilitiesEndpoint capabilities(Upstream upstream, Optional<Probing> probing) {
        return new CapabilitiesEndpoint(upstream, probing);
    }
}
