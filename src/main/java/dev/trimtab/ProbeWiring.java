package dev.trimtab;

import dev.trimtab.gateway.Backends;
import dev.trimtab.upstream.Probe;
import dev.trimtab.upstream.ProbeStore;
import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/** What finds out, and says, what the upstreams can do. */
@Configuration(proxyBeanMethods = false)
class ProbeWiring {
    @Bean(destroyMethod = "")
    ProbedUpstreams probedUpstreams(TrimtabProperties properties, Backends backends) {
        List<UpstreamProperties> configured = new ArrayList<>(List.of(properties.upstream()));
        configured.addAll(properties.fallbacks());
        Map<Path, ProbeStore> stores = new HashMap<>();
        Map<Upstream, Probing> probings = new LinkedHashMap<>();
        for (int i = 0; i < configured.size(); i++) {
            UpstreamProperties asked = configured.get(i);
            boolean known = i == 0 && properties.usesDemo();
            if (asked.probe() && !known) {
                ProbeStore store = stores.computeIfAbsent(asked.probeFile(), ProbeStore::new);
                Upstream upstream = backends.upstreams().get(i);
                probings.put(upstream, probing(asked, store, upstream));
            }
        }
        probings.values().forEach(Probing::start);
        return new ProbedUpstreams(backends.upstreams(), probings);
    }

    private static Probing probing(UpstreamProperties asked, ProbeStore store, Upstream upstream) {
        return new Probing(
                new Probe(upstream.settings(), asked.model()),
                store,
                upstream,
                asked.capabilities()::over,
                asked.probeInterval());
    }

    /** Before anything else closes: beans are destroyed after the threads that serve connections. */
    @Bean
    ApplicationListener<ContextClosedEvent> probingEnds(ProbedUpstreams probed) {
        return closed -> probed.close();
    }

    @Bean
    CapabilitiesEndpoint capabilities(ProbedUpstreams probed) {
        return new CapabilitiesEndpoint(probed);
    }
}
