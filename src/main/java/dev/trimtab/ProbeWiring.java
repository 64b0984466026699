package dev.trimtab;

import dev.trimtab.ProbedUpstreams.Probed;
import dev.trimtab.gateway.Backends;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Probe;
import dev.trimtab.upstream.ProbeStore;
import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
        List<Probed> all = new ArrayList<>();
        for (int i = 0; i < configured.size(); i++) {
            UpstreamProperties asked = configured.get(i);
            Upstream upstream = backends.upstreams().get(i);
            if (!asked.probe() || (i == 0 && properties.usesDemo())) {
                all.add(new Probed(upstream, asked.model(), null));
                continue;
            }
            ProbeStore store = stores.computeIfAbsent(asked.probeFile(), ProbeStore::new);
            all.add(probed(asked, upstream, asked.model(), upstream::learn, store));
            for (String other : asked.otherModels()) {
                all.add(probed(asked, upstream, other, found -> upstream.learn(other, found), store));
            }
        }
        ProbedUpstreams probed = new ProbedUpstreams(List.copyOf(all));
        probed.probings().forEach(Probing::start);
        return probed;
    }

    private static Probed probed(
            UpstreamProperties asked,
            Upstream upstream,
            @Nullable String model,
            Consumer<Capabilities> learnt,
            ProbeStore store) {
        Probe probe = new Probe(upstream.settings(), model);
        return new Probed(
                upstream, model, new Probing(probe, store, learnt, asked.capabilities()::over, asked.probeInterval()));
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
