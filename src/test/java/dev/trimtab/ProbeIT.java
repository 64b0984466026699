package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.demo.DemoQuirks;
import dev.trimtab.demo.DemoServer;
import dev.trimtab.demo.DemoSettings;
import dev.trimtab.demo.Ends;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Probe;
import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.UpstreamSettings;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a probe finds of the demo is what the demo is said to be able to do. */
class ProbeIT {
    @ParameterizedTest
    @CsvSource({
        "20, RAW, SHOWN",
        "20, BIASED, SHOWN",
        "20, DRAWN, SHOWN",
        "20, BIASED, WHOLE_ONLY",
        "20, RAW, NEVER",
        "5, BIASED, SHOWN",
        "5, DRAWN, WHOLE_ONLY"
    })
    void probe_ofTheDemo_findsWhatIsStated(int maxLogprobs, ShownLaw shown, Ends ends) {
        DemoSettings settings =
                new DemoSettings(0, Duration.ZERO, Duration.ZERO, maxLogprobs, shown, ends, DemoQuirks.NONE);
        try (DemoServer server = DemoServer.start(settings)) {
            UpstreamSettings stated = DemoUpstream.settings(server, settings);

            ProbeReport report = new Probe(stated, DemoUpstream.NAME).run();

            assertThat(report.capabilities()).as(report.toString()).isEqualTo(stated.capabilities());
            assertThat(report.calls()).isLessThanOrEqualTo(150);
            assertThat(report.failed()).isZero();
        }
    }

    /** Without candidates nothing can be compared, and tokens come without ids. */
    @ParameterizedTest
    @CsvSource({"RAW", "BIASED"})
    void probe_ofADemoThatShowsNothing_findsTextAlone(ShownLaw shown) {
        DemoSettings settings =
                new DemoSettings(0, Duration.ZERO, Duration.ZERO, 0, shown, Ends.SHOWN, DemoQuirks.NONE);
        try (DemoServer server = DemoServer.start(settings)) {
            UpstreamSettings stated = DemoUpstream.settings(server, settings);

            Capabilities found = new Probe(stated, DemoUpstream.NAME).run().capabilities();

            assertThat(found.topLogprobs()).isZero();
            assertThat(found.continuation()).isEqualTo(stated.capabilities().continuation());
            assertThat(found.biasEntries()).isEqualTo(300);
            assertThat(found.endRecords()).isEqualTo(Capabilities.EndRecords.NEVER);
        }
    }
}
