package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.gateway.Backends;
import dev.trimtab.gateway.Backends.Backend;
import dev.trimtab.gateway.Gateway;
import dev.trimtab.gateway.GatewaySettings;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The object graph: settings, upstream, policies, steering, edge. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TrimtabProperties.class)
class GatewayWiring {
    /** Windows that may wait for a thread to score them. */
    private static final int SCORING_QUEUE = 10_000;

    @Bean
    GatewaySettings gatewaySettings(TrimtabProperties properties) {
        TrimtabProperties.Limits limits = properties.limits();
        return new GatewaySettings(
                properties.gatewayKeys(),
                properties.defaultPolicy(),
                properties.usesDemo()
                        ? DemoUpstream.NAME
                        : properties.upstream().model(),
                limits.bodySize(),
                limits.passedBodySize(),
                limits.concurrentRequests(),
                limits.retryAfter(),
                limits.choices(),
                limits.answerTime());
    }

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

    /** A run takes a processor for itself, so there are as many threads as processors. */
    @Bean(destroyMethod = "dispose")
    Scheduler scoring() {
        return Schedulers.newBoundedElastic(
                Runtime.getRuntime().availableProcessors(), SCORING_QUEUE, "scoring", 60, true);
    }

    @Bean(destroyMethod = "dispose")
    Scheduler policyReading() {
        return Schedulers.newSingle("policies", true);
    }

    @Bean
    PolicyCatalogue policies(
            TrimtabProperties properties,
            Backends backends,
            Scheduler scoring,
            Scheduler policyReading,
            MeterRegistry registry) {
        return PolicyCatalogue.open(
                properties.policiesFolder(),
                backends.upstreams().stream().map(Upstream::name).collect(Collectors.toCollection(LinkedHashSet::new)),
                properties.accelerator(),
                scoring,
                policyReading,
                registry);
    }

    @Bean
    @Order(1)
    WebFilter metered(MeterRegistry registry) {
        return Gateway.metered(registry);
    }

    @Bean
    @Order(2)
    @Nullable
    WebFilter authentication(GatewaySettings settings) {
        return Gateway.authentication(settings);
    }

    @Bean
    @Order(3)
    WebFilter admission(GatewaySettings settings) {
        return Gateway.admission(settings);
    }

    @Bean
    @Order(4)
    WebFilter served(GatewaySettings settings, PolicyCatalogue policies, Backends backends) {
        return Gateway.served(Gateway.routes(settings, policies, backends, Clock.systemUTC()));
    }

    @Bean
    WebExceptionHandler errors() {
        return Gateway.errors();
    }

    @Bean
    NettyServerCustomizer requestTimeout(TrimtabProperties properties) {
        return Gateway.requestTimeout(properties.limits().requestTimeout());
    }
}
