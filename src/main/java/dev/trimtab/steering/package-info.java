/**
 * Decides every token of an answer: the engine, the session of one choice, and the text that becomes of it.
 */
@NullMarked
package dev.trimtab.steering;

import org.jspecify.annotations.NullMarked;
