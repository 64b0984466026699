package dev.trimtab;

import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What each upstream can do, as steering takes it, and what the last probe found; writing probes them again. */
@Endpoint(id = "capabilities")
final class CapabilitiesEndpoint {
    private final ProbedUpstreams probed;

    CapabilitiesEndpoint(ProbedUpstreams probed) {
        this.probed = probed;
    }

    /** What is answered: the upstreams in the order in which they are asked. */
    record Answer(List<Known> upstreams) {}

    /**
     * One upstream.
     *
     * @param capabilities those in use
     * @param probe null where nothing was probed
     */
    record Known(
            String upstream,
            Capabilities capabilities,
            @Nullable ProbeReport probe) {}

    @ReadOperation
    Answer known() {
        return new Answer(probed.all().stream().map(this::known).toList());
    }

    private Known known(Upstream upstream) {
        Probing probing = probed.probings().get(upstream);
        return new Known(upstream.name(), upstream.capabilities(), probing == null ? null : probing.last());
    }

    @WriteOperation
    Mono<Answer> refresh() {
        return Flux.fromIterable(probed.probings().values())
                .concatMap(Probing::refresh)
                .then(Mono.fromSupplier(this::known));
    }
}
