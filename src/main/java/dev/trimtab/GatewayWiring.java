package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.gateway.Gateway;
import dev.trimtab.gateway.GatewaySettings;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
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
    DemoServer demoServer(TrimtabProperties properties) {
        return properties.usesDemo() ? DemoServer.start(properties.demo().settings()) : null;
    }

    @Bean
    UpstreamSettings upstreamSettings(TrimtabProperties properties, Optional<DemoServer> demo) {
        return demo.map(server ->
                        DemoUpstream.settings(server, properties.demo().settings()))
                .orElseGet(properties.upstream()::settings);
    }

    @Bean
    Upstream upstream(UpstreamSettings settings, MeterRegistry registry) {
        return new Upstream(settings, registry);
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
            Upstream upstream,
            Scheduler scoring,
            Scheduler policyReading,
            MeterRegistry registry) {
        return PolicyCatalogue.open(
                properties.policiesFolder(),
                Set.of(upstream.name()),
                properties.accelerator(),
                scoring,
                policyReading,
                registry);
    }

    @Bean
    Steering steering(Upstream upstream, MeterRegistry registry) {
        return new Steering(
                upstream, registry, () -> ThreadLocalRandom.current().nextLong());
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
    WebFilter served(GatewaySettings settings, PolicyCatalogue policies, Upstream upstream, Steering steering) {
        return Gateway.served(Gateway.routes(settings, policies, upstream, steering, Clock.systemUTC()));
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
