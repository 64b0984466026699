package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Policy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the steering of one choice has failed: it then never comes back. */
final class Latch {
    private static final Logger LOG = LoggerFactory.getLogger(Latch.class);

    private final Policy policy;
    private final SteeringMeters meters;
    private @Nullable String reason;

    Latch(Policy policy, SteeringMeters meters) {
        this.policy = policy;
        this.meters = meters;
    }

    /** Why steering stopped on the way, or null. */
    @Nullable
    String reason() {
        return reason;
    }

    /** Stops scoring for the rest of the answer, or fails it, as the policy says. */
    void close(String why) {
        if (reason != null) {
            return;
        }
        reason = why;
        meters.latched();
        if (policy.failureMode() == FailureMode.CLOSED) {
            throw new ApiException(ErrorKind.INTERNAL, "Steering by policy " + policy.name() + " failed: " + why + ".")
                    .withCode(Steering.FAILED);
        }
        LOG.warn("policy {} goes on unsteered: {}", policy.name(), why);
    }

    /** Closes on the failure of a scorer; what the gateway itself has refused is thrown. */
    void close(Throwable failure) {
        if (failure instanceof ApiException known) {
            throw known;
        }
        LOG.debug("a scorer of policy {} failed", policy.name(), failure);
        close("a scorer failed (" + failure.getClass().getSimpleName() + ")");
    }
}
