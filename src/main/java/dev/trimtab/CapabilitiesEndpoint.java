package dev.trimtab;

import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import reactor.core.publisher.Mono;

/** What the upstream can do, as steering takes it, and what the last probe found; writing probes again. */
@Endpoint(id = "capabilities")
final class CapabilitiesEndpoint {
    private final Upstream upstream;
    private final Optional<Probing> probing;

    CapabilitiesEndpoint(Upstream upstream, Optional<Probing> probing) {
        this.upstream = upstream;
        this.probing = probing;
    }

    /**
     * What is answered.
     *
     * @param capabilities those in use
     * @param probe null where nothing was probed
     */
    record Known(
            String upstream,
            Capabilities capabilities,
            @Nullable ProbeReport probe) {}

    @ReadOperation
    Known known() {
        return new Known(
                upstream.name(),
                upstream.capabilities(),
                probing.map(Probing::last).orElse(null));
    }

    @WriteOperation
    Mono<Known> refresh() {
        return Mono.justOrEmpty(probing).flatMap(Probing::refresh).then(Mono.fromSupplier(this::known));
    }
}
