package dev.trimtab;

import dev.trimtab.upstream.Probing;
import dev.trimtab.upstream.Upstream;
import java.util.List;
import java.util.Map;

/**
 * The upstreams, and what asks them what they can do.
 *
 * @param all in the order in which they are asked for answers
 * @param probings without those that are not probed
 */
record ProbedUpstreams(List<Upstream> all, Map<Upstream, Probing> probings) implements AutoCloseable {
    @Override
    public void close() {
        probings.values().forEach(Probing::close);
    }
}
