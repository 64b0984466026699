package dev.trimtab.gateway;

import dev.trimtab.gateway.Backends.Backend;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.UpstreamSettings;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** The gateway's routes, filters and error answers on a port of their own, in front of an upstream. */
final class RunningGateway implements AutoCloseable {
    static final GatewaySettings SETTINGS = new GatewaySettings(
            List.of(),
            null,
            "base",
            DataSize.ofKilobytes(64),
            DataSize.ofKilobytes(256),
            100,
            Duration.ofSeconds(2),
            4,
            Duration.ofMinutes(1));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Backends backends;
    private final PolicyCatalogue policies;
    private final DisposableServer server;

    RunningGateway(int upstreamPort, GatewaySettings settings, Path policyFolder, @Nullable ApiKey key) {
        this(settings, policyFolder, List.of(settings("fake", upstreamPort, key)));
    }

    /** In front of several upstreams, each but the first asked for the model {@code other}. */
    RunningGateway(GatewaySettings settings, Path policyFolder, List<UpstreamSettings> upstreams) {
        backends = new Backends(upstreams.stream()
                .map(each -> backend(each, each.equals(upstreams.get(0)) ? null : "other"))
                .toList());
        policies = PolicyCatalogue.open(
                policyFolder,
                backends.upstreams().stream().map(Upstream::name).collect(Collectors.toSet()),
                Accelerator.CPU,
                Schedulers.immediate(),
                Schedulers.boundedElastic(),
                registry);
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);
        HttpHandler handler = WebHttpHandlerBuilder.webHandler(
                        RouterFunctions.toWebHandler(Gateway.routes(settings, policies, backends, clock)))
                .filters(filters -> {
                    filters.add(Gateway.metered(registry));
                    WebFilter authentication = Gateway.authentication(settings);
                    if (authentication != null) {
                        filters.add(authentication);
                    }
                    filters.add(Gateway.admission(settings));
                })
                .exceptionHandler(Gateway.errors())
                .build();
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(new ReactorHttpHandlerAdapter(handler))
                .bindNow(Duration.ofSeconds(10));
    }

    static UpstreamSettings settings(String name, int port, @Nullable ApiKey key) {
        URI baseUrl = URI.create("http://127.0.0.1:" + port + "/v1");
        return UpstreamSettings.of(name, baseUrl, key, Capabilities.CONSERVATIVE, null);
    }

    private Backend backend(UpstreamSettings settings, @Nullable String model) {
        Upstream upstream = new Upstream(settings, registry);
        return new Backend(upstream, new Steering(upstream, registry, () -> 1), model);
    }

    int port() {
        return server.port();
    }

    SimpleMeterRegistry registry() {
        return registry;
    }

    /** Requests in flight as metered. */
    double inFlight() {
        return registry.get("trimtab.requests.in.flight").gauge().value();
    }

    /** A client of the gateway that keeps nothing open. */
    HttpClient client() {
        return HttpClient.newConnection().baseUrl("http://127.0.0.1:" + port()).responseTimeout(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(10));
        policies.close();
        backends.close();
    }
}
