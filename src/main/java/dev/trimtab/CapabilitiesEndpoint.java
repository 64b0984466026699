package dev.trimtab;

import dev.trimtab.ProbedUpstreams.Probed;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.Probing;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What each upstream and model can do, as steering takes it, and what the last probe found; writing probes them again. */
@Endpoint(id = "capabilities")
final class CapabilitiesEndpoint {
    private final ProbedUpstreams probed;

    CapabilitiesEndpoint(ProbedUpstreams probed) {
        this.probed = probed;
    }

    /** What is answered: the upstreams in the order in which they are asked, each with its models. */
    record Answer(List<Known> upstreams) {}

    /**
     * One model of one upstream.
     *
     * @param model as it is configured, or null where none is
     * @param capabilities those in use
     * @param probe null where nothing was probed
     */
    record Known(
            String upstream,
            @Nullable String model,
            Capabilities capabilities,
            @Nullable ProbeReport probe) {}

    @ReadOperation
    Answer known() {
        return new Answer(probed.all().stream().map(this::known).toList());
    }

    private Known known(Probed asked) {
        Probing probing = asked.probing();
        Asked found = asked.upstream().asked(asked.model());
        return new Known(found.name(), asked.model(), found.capabilities(), probing == null ? null : probing.last());
    }

    @WriteOperation
    Mono<Answer> refresh() {
        return Flux.fromIterable(probed.probings()).concatMap(Probing::refresh).then(Mono.fromSupplier(this::known));
    }
}
