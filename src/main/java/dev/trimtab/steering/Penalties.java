package dev.trimtab.steering;

import dev.trimtab.token.Token;
import java.util.HashMap;
import java.util.Map;

/** A client's positive penalties as lowerings: −(presence + count · frequency) for a token that was emitted before. */
final class Penalties {
    private final double presence;
    private final double frequency;
    private final Map<Token, Integer> counts = new HashMap<>();

    /** Penalties in nats, ≥ 0. */
    Penalties(double presence, double frequency) {
        this.presence = presence;
        this.frequency = frequency;
    }

    void emitted(Token token) {
        if (presence > 0 || frequency > 0) {
            counts.merge(token, 1, Integer::sum);
        }
    }

    void takenBack(Token token) {
        counts.computeIfPresent(token, (any, count) -> count == 1 ? null : count - 1);
    }

    /** Nats, ≤ 0. */
    double lowering(Token token) {
        Integer count = counts.get(token);
        return count == null ? 0 : -(presence + count * frequency);
    }
}
