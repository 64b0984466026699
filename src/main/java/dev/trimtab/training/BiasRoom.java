package dev.trimtab.training;

import dev.trimtab.token.Token;
import java.util.function.Predicate;

/**
 * What an upstream takes for a pushed bias.
 *
 * @param pushable whether it can be told of a token
 * @param entries the most that a bias may have, ≥ 0
 * @param grain into how many parts a nat is divided; nats are rounded to these
 */
record BiasRoom(Predicate<Token> pushable, int entries, int grain) {
    double rounded(double nats) {
        return (double) Math.round(nats * grain) / grain;
    }
}
