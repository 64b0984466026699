package dev.trimtab.training;

import dev.trimtab.token.Token;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;

/**
 * What an upstream takes for a pushed bias.
 *
 * @param pushable whether it can be told of a token
 * @param entries the most that a bias may have, ≥ 0
 * @param rounded an entry's nats as fine as they may be
 */
record BiasRoom(Predicate<Token> pushable, int entries, DoubleUnaryOperator rounded) {}
