package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.ProbeReport.Finding;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What a probe finds of llama.cpp's server, where one runs: {@code src/test/servers/llama-cpp.sh} starts it. */
@EnabledIfEnvironmentVariable(
        named = "LLAMA_CPP_URL",
        matches = "http.+",
        disabledReason = "no llama.cpp server is named by LLAMA_CPP_URL")
class LlamaCppIT {
    @Test
    void probe_findsWhatTheServerWasSeenToDo() {
        URI url = URI.create(System.getenv("LLAMA_CPP_URL"));
        UpstreamSettings settings = UpstreamSettings.of("llama", url, null, Capabilities.CONSERVATIVE, null);

        ProbeReport report = new Probe(settings, null).run();

        Capabilities found = report.capabilities();
        assertThat(found.topLogprobs()).isEqualTo(20);
        assertThat(found.shownLaw()).isEqualTo(ShownLaw.RAW);
        assertThat(found.truncationOrder()).isEqualTo(Truncation.Order.TRUNCATION_FIRST);
        assertThat(found.continuation()).isEqualTo(Continuation.PREFILL);
        assertThat(found.prefill()).isEmpty();
        assertThat(found.biasEntries()).isEqualTo(300);
        assertThat(found.endRecords()).isEqualTo(EndRecords.WHOLE_ONLY);
        assertThat(found.neutral()).isEqualTo(Map.of("top_k", 0.0, "min_p", 0.0));
        assertThat(report.findings().stream().collect(Collectors.toMap(Finding::name, Finding::value)))
                .containsEntry("merged-records", "yes")
                .containsEntry("prefill-comes-back", "yes")
                .containsEntry("token-arrays", "yes")
                .containsEntry("default-truncation", "yes")
                .containsEntry("echo", "no");
    }
}
