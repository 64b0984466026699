package dev.trimtab.gateway;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that clients may call with.
 *
 * @param name who it belongs to
 * @param sha256 of the key, 32 bytes; the key itself is kept nowhere
 * @param policies the policies that its requests may choose; empty: all
 * @param policy the policy of its requests that choose none, or null
 * @param concurrentRequests its API requests in flight at once, ≥ 1
 */
public record GatewayKey(
        String name,
        byte[] sha256,
        Set<String> policies,
        @Nullable String policy,
        int concurrentRequests) {
    boolean mayChoose(String name) {
        return policies.isEmpty() || policies.contains(name) || name.equals(policy);
    }
}
