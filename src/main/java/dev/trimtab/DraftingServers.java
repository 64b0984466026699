package dev.trimtab;

import dev.trimtab.bench.DraftingBench;
import dev.trimtab.bench.DraftingBench.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Gateways that differ in how far drafts may run, each with a demo of its own: one that stops when it is cut, or goes on. */
final class DraftingServers {
    private static final List<String> POLICIES = List.of("5", "15");
    private static final int TOKENS = 128;

    private final Path policies;

    DraftingServers(Path policies) {
        this.policies = policies;
    }

    /** Asks in every way by turns and returns the table. */
    String measure(int answers, Consumer<String> progress) throws IOException {
        DraftingBench bench = new DraftingBench(TOKENS, progress);
        measure(bench, "stops the upstream", false, answers);
        measure(bench, "is written to its end", true, answers);
        return bench.markdown();
    }

    private void measure(DraftingBench bench, String upstream, boolean goesOn, int answers) throws IOException {
        try (ServerProcess streamed = gateway("streamed", goesOn);
                ServerProcess fixed = gateway("fixed", goesOn);
                ServerProcess adaptive = gateway("adaptive", goesOn)) {
            List<Way> ways = List.of(
                    new Way("streamed and cut", streamed.url()),
                    new Way("16 tokens", fixed.url()),
                    new Way("adaptive", adaptive.url()));
            bench.measure(upstream, ways, POLICIES, answers);
        }
    }

    private ServerProcess gateway(String length, boolean goesOn) throws IOException {
        return BenchCommand.gateway(
                policies,
                "trimtab.upstream.drafts.length=" + length,
                "trimtab.demo.call-latency=50ms",
                "trimtab.demo.token-latency=5ms",
                "trimtab.demo.goes-on=" + goesOn);
    }
}
