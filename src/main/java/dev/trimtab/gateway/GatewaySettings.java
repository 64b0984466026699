package dev.trimtab.gateway;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * What the edge allows and assumes.
 *
 * @param keys who may call; none: anybody
 * @param defaultPolicy the policy of requests that choose none, or null
 * @param model the upstream's model for policies that name none, or null
 * @param maxBodySize the greatest body of a request for generated text
 * @param maxPassedBodySize the greatest body of any other request
 * @param maxConcurrentRequests requests in flight at once, ≥ 1; one more is refused
 * @param retryAfter what a refused client is told to wait
 * @param maxChoices choices of one steered request, prompts times {@code n}, ≥ 1
 * @param maxAnswerTime how long a steered answer may take
 */
public record GatewaySettings(
        List<GatewayKey> keys,
        @Nullable String defaultPolicy,
        @Nullable String model,
        DataSize maxBodySize,
        DataSize maxPassedBodySize,
        int maxConcurrentRequests,
        Duration retryAfter,
        int maxChoices,
        Duration maxAnswerTime) {}
