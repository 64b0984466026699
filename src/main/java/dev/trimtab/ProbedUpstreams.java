package dev.trimtab;

import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams' models, and what asks them what they can do.
 *
 * @param all in the order in which the upstreams are asked for answers
 */
record ProbedUpstreams(List<Probed> all) implements AutoCloseable {
    /**
     * A model of an upstream.
     *
     * @param model as it is configured, or null where none is
     * @param probing null where it is not probed
     */
    record Probed(
            Upstream upstream,
            @Nullable String model,
            @Nullable Probing probing) {}

    List<Probing> probings() {
        return all.stream().map(Probed::probing).filter(Objects::nonNull).toList();
    }

    @Override
    public void close() {
        probings().forEach(Probing::close);
    }
}
