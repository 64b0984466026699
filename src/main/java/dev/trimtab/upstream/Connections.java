package dev.trimtab.upstream;

import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

/** Counts the connections of one purpose, over all addresses that the upstream's name resolves to. */
final class Connections implements ConnectionProvider.MeterRegistrar {
    private final Map<String, ConnectionPoolMetrics> pools = new ConcurrentHashMap<>();

    @Override
    public void registerMetrics(String name, String id, SocketAddress address, ConnectionPoolMetrics pool) {
        pools.put(id, pool);
    }

    @Override
    public void deRegisterMetrics(String name, String id, SocketAddress address) {
        pools.remove(id);
    }

    /** Those that carry a call. */
    int active() {
        return sum(ConnectionPoolMetrics::acquiredSize);
    }

    /** Those that are kept for the next call. */
    int idle() {
        return sum(ConnectionPoolMetrics::idleSize);
    }

    /** Calls that wait for one. */
    int waiting() {
        return sum(ConnectionPoolMetrics::pendingAcquireSize);
    }

    private int sum(ToIntFunction<ConnectionPoolMetrics> count) {
        return pools.values().stream().mapToInt(count).sum();
    }
}
