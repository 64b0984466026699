package dev.trimtab.upstream;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a probe found of one model of one upstream.
 *
 * @param baseUrl the upstream's
 * @param model the model that was asked, or null where none is known
 * @param fingerprint changes when the upstream does; null where it gave no answer at all
 * @param time when the probe began
 * @param calls how many calls it took
 * @param failed how many questions failed for a reason that may be gone later
 * @param findings in the order of the questions
 * @param capabilities what the findings come to; what is unknown is taken for absent
 */
public record ProbeReport(
        URI baseUrl,
        @Nullable String model,
        @Nullable String fingerprint,
        Instant time,
        int calls,
        int failed,
        List<Finding> findings,
        Capabilities capabilities) {

    /**
     * One thing found.
     *
     * @param name as in the configuration, where it can be configured
     * @param value in words, or {@link #UNKNOWN}
     * @param evidence how it was seen
     */
    public record Finding(String name, String value, String evidence) {
        public static final String UNKNOWN = "unknown";
    }

    /** True where the upstream has answered, so that there is something to go by. */
    public boolean answered() {
        return fingerprint != null;
    }
}
