package dev.trimtab;

import dev.trimtab.gateway.Backends;
import dev.trimtab.gateway.Gateway;
import dev.trimtab.gateway.GatewaySettings;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.upstream.Upstream;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.LinkedHashSet;
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

/** The object graph: settings, policies, edge. */
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
