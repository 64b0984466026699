/**
 * What a decoding step is, and the arithmetic on it: tokens by identity, candidates with their log-probabilities, and the
 * law by which a token is kept, replaced or thinned. Pure functions; nothing here knows a network or a model.
 */
@NullMarked
package dev.trimtab.token;

import org.jspecify.annotations.NullMarked;
