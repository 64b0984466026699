package dev.trimtab;

import dev.trimtab.bench.BiasBench;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.json.JsonMapper;

/** Two gateways in front of one upstream, which differ in whether they push a policy's bias. */
final class BiasServers {
    private static final int LONGEST_PROBE_SECONDS = 300;
    private static final List<String> NONE = List.of();

    private final URI upstream;
    private final String model;

    /** @param upstream up to and including the version; it asks for no key */
    BiasServers(URI upstream, String model) {
        this.upstream = upstream;
        this.model = model;
    }

    /** Asks under every policy by turns and returns the table. */
    String measure(int answers, Consumer<String> progress) throws IOException {
        BiasBench bench = new BiasBench(progress);
        Path policies = BenchPolicies.biases(bench.frequent(upstream, model));
        try (ServerProcess pushing = probed(policies, NONE);
                ServerProcess deciding = probed(policies, List.of("trimtab.upstream.capabilities.bias-entries=0"))) {
            bench.measure(
                    new BiasBench.Gateways(
                            pushing.url().resolve("/v1"), deciding.url().resolve("/v1")),
                    BenchPolicies.BIASES,
                    answers);
            return bench.markdown();
        } finally {
            FileSystemUtils.deleteRecursively(policies);
        }
    }

    /** A gateway that has found out what the upstream can do. */
    private ServerProcess probed(Path policies, List<String> more) throws IOException {
        List<String> settings = new ArrayList<>(more);
        Collections.addAll(
                settings,
                "trimtab.upstream.base-url=" + upstream,
                "trimtab.upstream.model=" + model,
                "trimtab.upstream.probe-file=" + policies.resolve("probes.json"));
        ServerProcess gateway = BenchCommand.gateway(policies, settings.toArray(String[]::new));
        try {
            awaitProbe(gateway);
            return gateway;
        } catch (IOException | RuntimeException failure) {
            gateway.close();
            throw failure;
        }
    }

    private static void awaitProbe(ServerProcess gateway) throws IOException {
        URI capabilities = gateway.url().resolve("/actuator/capabilities");
        for (int i = 0; i < LONGEST_PROBE_SECONDS; i++) {
            try (InputStream known = capabilities.toURL().openStream()) {
                if (new JsonMapper().readTree(known).at("/upstreams/0/probe").isObject()) {
                    return;
                }
                Thread.sleep(1000);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
        throw new IOException("no probe of the upstream within " + LONGEST_PROBE_SECONDS + " s");
    }
}
