package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Capabilities as they become known while a gateway runs. */
class ProbingIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void upstreamThatIsUp_isLearnt_stored_andTakenFromTheStoreAtTheNextStart() {
        try (DemoServer server = DemoServer.start(DemoSettings.defaults())) {
            UpstreamSettings settings = settings(server.port());
            try (Upstream upstream = new Upstream(settings, new SimpleMeterRegistry());
                    Probing probing = probing(settings, upstream, found -> found)) {
                assertThat(upstream.capabilities()).isEqualTo(Capabilities.CONSERVATIVE);
                probing.start();
                await().atMost(BOUND).until(() -> upstream.capabilities().whyNotSteerable(true) == null);
                await().atMost(BOUND)
                        .until(() -> store().find(settings.baseUrl(), "demo").isPresent());
            }
            long calls = server.calls();
            try (Upstream upstream = new Upstream(settings, new SimpleMeterRegistry());
                    Probing probing = probing(settings, upstream, found -> found)) {
                probing.start();
                assertThat(upstream.capabilities().whyNotSteerable(true)).isNull();
                await().atMost(BOUND).until(() -> server.calls() > calls);
            }
            assertThat(server.calls()).isEqualTo(calls + 1);
        }
    }

    /** The stored fingerprint is another one: as after a new version of the model. */
    @Test
    void upstreamThatHasChanged_isProbedAgain() {
        try (DemoServer server = DemoServer.start(DemoSettings.defaults())) {
            UpstreamSettings settings = settings(server.port());
            ProbeReport real = new Probe(settings, "demo").run();
            store().keep(new ProbeReport(
                    real.baseUrl(), "demo", "older", real.time(), 1, 0, real.findings(), Capabilities.CONSERVATIVE));
            try (Upstream upstream = new Upstream(settings, new SimpleMeterRegistry());
                    Probing probing = probing(settings, upstream, found -> found)) {
                probing.start();
                await().atMost(BOUND).until(() -> upstream.capabilities().topLogprobs() == 20);
                assertThat(Objects.requireNonNull(probing.last()).fingerprint()).isEqualTo(real.fingerprint());
            }
        }
    }

    @Test
    void upstreamThatIsDown_isConservative_andFailsNothing() {
        UpstreamSettings settings = settings(9);
        try (Upstream upstream = new Upstream(settings, new SimpleMeterRegistry());
                Probing probing = probing(settings, upstream, found -> found)) {
            probing.start();
            ProbeReport report = Objects.requireNonNull(probing.refresh().block(BOUND));
            assertThat(report.answered()).isFalse();
            assertThat(upstream.capabilities()).isEqualTo(Capabilities.CONSERVATIVE);
            assertThat(store().find(settings.baseUrl(), null)).isEmpty();
        }
    }

    @Test
    void statedCapabilities_winOverFoundOnes() {
        Capabilities stated = Capabilities.CONSERVATIVE.resumingBy(Capabilities.Continuation.TEXT, false, Map.of());
        try (DemoServer server = DemoServer.start(DemoSettings.defaults())) {
            UpstreamSettings settings = settings(server.port());
            try (Upstream upstream = new Upstream(settings, new SimpleMeterRegistry());
                    Probing probing = probing(settings, upstream, found -> stated)) {
                probing.refresh().block(BOUND);
                assertThat(upstream.capabilities()).isEqualTo(stated);
            }
        }
    }

    private ProbeStore store() {
        return new ProbeStore(folder.resolve("probes.json"));
    }

    private Probing probing(UpstreamSettings settings, Upstream upstream, UnaryOperator<Capabilities> stated) {
        return new Probing(new Probe(settings, null), store(), upstream::learn, stated, Duration.ofHours(1));
    }

    private static UpstreamSettings settings(int port) {
        URI url = URI.create("http://127.0.0.1:" + port + "/v1");
        return UpstreamSettings.of("demo", url, null, Capabilities.CONSERVATIVE, null);
    }
}
