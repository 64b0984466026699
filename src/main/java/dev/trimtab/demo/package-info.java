/**
 * The embedded upstream: a real, small language model behind the same HTTP API as the closed models, on a port of its own
 * and as closed as they are.
 */
@NullMarked
package dev.trimtab.demo;

import org.jspecify.annotations.NullMarked;
