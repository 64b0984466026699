package dev.trimtab;

import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Continuation;
import dev.trimtab.upstream.EndRecords;
import dev.trimtab.upstream.UpstreamSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;

/** The embedded upstream as the gateway knows it: by its address and by what it can do, as any other. */
final class DemoUpstream {
    /** What policies call it, and the name of its model. */
    static final String NAME = "demo";

    private static final Capabilities CAPABILITIES = new Capabilities(
            20,
            ShownLaw.RAW,
            Truncation.Order.TEMPERATURE_FIRST,
            Continuation.TOKEN_IDS,
            true,
            300,
            EndRecords.SHOWN,
            Map.of("top_k", 0.0, "min_p", 0.0),
            Map.of(),
            1,
            512,
            4096);

    private DemoUpstream() {}

    static DemoServer start(TrimtabProperties properties) {
        return DemoServer.start(new DemoSettings(properties.demo().port()));
    }

    static UpstreamSettings settings(DemoServer server) {
        URI baseUrl = URI.create("http://127.0.0.1:" + server.port() + "/v1");
        return UpstreamSettings.of(NAME, baseUrl, null, CAPABILITIES, vocabulary());
    }

    private static Vocabulary vocabulary() {
        try (InputStream tokenizer = DemoServer.class.getResourceAsStream("/demo/tokenizer.json")) {
            if (tokenizer == null) {
                throw new IllegalStateException("demo/tokenizer.json: nothing (expected: a resource)");
            }
            return Vocabulary.read(tokenizer.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
