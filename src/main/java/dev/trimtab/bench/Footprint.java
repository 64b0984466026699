package dev.trimtab.bench;

import java.io.IOException;
import java.net.URI;

/**
 * What a gateway holds on to.
 *
 * @param openFiles its descriptors
 * @param connections TCP connections, in both directions
 * @param upstreamConnections active, idle and waited for, as its meters tell
 * @param inFlight requests, as its meters tell
 * @param heap bytes after a full collection
 */
record Footprint(int openFiles, int connections, double upstreamConnections, double inFlight, double heap) {
    private static final int COLLECTIONS = 5;

    /** @param server without a path */
    static Footprint of(URI server, long pid) throws IOException {
        Meters meters = Meters.of(server);
        double heap = LiveHeap.least(pid, COLLECTIONS);
        OpenFiles files = OpenFiles.of(pid);
        return new Footprint(
                files.count(),
                files.connections(),
                meters.sum("trimtab_upstream_connections"),
                meters.sum("trimtab_requests_in_flight"),
                heap);
    }
}
