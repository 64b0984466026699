package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what an upstream can do, by asking it. That a call is answered proves nothing: each capability is decided by
 * what comes back. About a hundred calls, nearly all of one token.
 *
 * <p>Blocks; to be run on a thread that may.
 */
public final class Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final UpstreamSettings settings;
    private final @Nullable String model;
    private final Duration patience;

    /** @param model the model to ask; where null, the first one that the upstream lists */
    public Probe(UpstreamSettings settings, @Nullable String model) {
        this(settings, model, PATIENCE);
    }

    /** @param patience the longest wait for one answer */
    Probe(UpstreamSettings settings, @Nullable String model, Duration patience) {
        this.settings = settings;
        this.model = model;
        this.patience = patience;
    }

    URI baseUrl() {
        return settings.baseUrl();
    }

    @Nullable
    String model() {
        return model;
    }

    /**
     * What tells this upstream and model from what they may become; one call.
     *
     * @throws ApiException where there is no answer
     */
    public String fingerprint() {
        try (Transport transport = new Transport(settings)) {
            Interview interview = interview(transport, new Findings(), listing(transport));
            return String.valueOf(interview.fingerprint().value());
        }
    }

    /** Asks everything. A question that fails is a finding too, and so is an upstream that does not answer. */
    public ProbeReport run() {
        Instant began = Instant.now();
        Findings findings = new Findings();
        try (Transport transport = new Transport(settings)) {
            ModelListing listing = listing(transport);
            Interview interview = interview(transport, findings, listing);
            String fingerprint = findings.ask("fingerprint", "", interview::fingerprint);
            Capabilities found = fingerprint.isEmpty() ? Capabilities.CONSERVATIVE : interview.capabilities(listing);
            return new ProbeReport(
                    settings.baseUrl(),
                    model == null ? listing.model() : model,
                    fingerprint.isEmpty() ? null : fingerprint,
                    began,
                    interview.calls(),
                    findings.failed(),
                    findings.all(),
                    found);
        }
    }

    private Interview interview(Transport transport, Findings findings, ModelListing listing) {
        String asked = model == null ? listing.model() : model;
        Attempts attempts = new Attempts(settings.resilience().retries(), () -> {});
        return new Interview(
                new ProbeCalls(call -> attempts.of(transport.post(call)), transport::get, asked, patience, LIMIT),
                findings,
                settings);
    }

    private ModelListing listing(Transport transport) {
        try {
            byte[] answer = transport.get("/models").timeout(patience).block();
            return answer == null ? ModelListing.NONE : ModelListing.of(answer, model);
        } catch (RuntimeException unlisted) {
            return ModelListing.NONE;
        }
    }
}
