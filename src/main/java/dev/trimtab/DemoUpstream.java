package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Prefill;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.UpstreamSettings;
import java.net.URI;
import java.util.Map;

/** The embedded upstream as the gateway knows it: by its address and by what it can do, as any other. */
final class DemoUpstream {
    /** What policies call it, and the name of its model. */
    static final String NAME = "demo";

    static final int VOCABULARY = 4_096;

    private DemoUpstream() {}

    static UpstreamSettings settings(DemoServer server, DemoSettings demo) {
        URI baseUrl = URI.create("http://127.0.0.1:" + server.port() + "/v1");
        return UpstreamSettings.of(NAME, baseUrl, null, capabilities(server, demo), server.vocabulary());
    }

    private static Capabilities capabilities(DemoServer server, DemoSettings demo) {
        Continuation continuation = continuation(demo);
        Capabilities capabilities = new Capabilities(
                demo.maxLogprobs(),
                demo.shown(),
                Truncation.Order.TEMPERATURE_FIRST,
                continuation,
                demo.quirks().tokenIds(),
                300,
                EndRecords.valueOf(demo.ends().name()),
                Map.of("top_k", 0.0, "min_p", 0.0),
                Map.of(),
                1,
                server.context(),
                VOCABULARY);
        return capabilities.echoing(continuation == Continuation.TOKEN_IDS);
    }

    /** Without log-probabilities tokens come without ids to go on behind, and merged records without all of them. */
    private static Continuation continuation(DemoSettings demo) {
        boolean byIds = demo.maxLogprobs() > 0
                && demo.quirks().tokenIds()
                && !demo.quirks().merges();
        Continuation asText = demo.quirks().prefill() == Prefill.NONE ? Continuation.TEXT : Continuation.PREFILL;
        return byIds ? Continuation.TOKEN_IDS : asText;
    }
}
