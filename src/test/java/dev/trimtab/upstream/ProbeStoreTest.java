package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.ProbeReport.Finding;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeStoreTest {
    private static final URI URL = URI.create("http://127.0.0.1:9/v1");

    @TempDir
    private Path folder;

    private static ProbeReport report(URI url, String model, int candidates) {
        Capabilities found = new Capabilities(
                candidates,
                ShownLaw.DRAWN,
                Truncation.Order.TRUNCATION_FIRST,
                Continuation.PREFILL,
                true,
                300,
                EndRecords.WHOLE_ONLY,
                Map.of("top_k", 0.0),
                Map.of("prefix", true),
                0.8,
                4096,
                49_152);
        return new ProbeReport(
                url, model, "m v1 abc", Instant.EPOCH, 90, 0, List.of(new Finding("n", "yes", "2 came")), found);
    }

    @Test
    void report_kept_isFoundAsItWas() {
        Path file = folder.resolve("new").resolve("probes.json");
        new ProbeStore(file).keep(report(URL, "a", 20));

        assertThat(new ProbeStore(file).find(URL, "a")).contains(report(URL, "a", 20));
    }

    @Test
    void report_ofTheSameModel_isReplaced_othersStay() {
        ProbeStore store = new ProbeStore(folder.resolve("probes.json"));
        URI other = URI.create("http://127.0.0.1:10/v1");
        store.keep(report(URL, "a", 20));
        store.keep(report(URL, "b", 10));
        store.keep(report(other, "a", 3));
        store.keep(report(URL, "a", 5));

        assertThat(store.find(URL, "a")).contains(report(URL, "a", 5));
        assertThat(store.find(URL, "b")).contains(report(URL, "b", 10));
        assertThat(store.find(other, null)).contains(report(other, "a", 3));
        assertThat(store.find(other, "b")).isEmpty();
    }

    @Test
    void file_thatIsNoStore_countsAsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("probes.json"), "{\"half\":");

        assertThat(new ProbeStore(file).find(URL, "a")).isEmpty();
    }

    /** It was not asked then what is asked now. */
    @Test
    void report_ofAnOlderVersion_countsAsNone() throws IOException {
        Path file = folder.resolve("probes.json");
        new ProbeStore(file).keep(report(URL, "a", 20));
        String older = Files.readString(file).replaceFirst(",\\s*\"template\" : \"NONE\"", "");
        assertThat(older).doesNotContain("template");
        Files.writeString(file, older);

        assertThat(new ProbeStore(file).find(URL, "a")).isEmpty();
    }
}
