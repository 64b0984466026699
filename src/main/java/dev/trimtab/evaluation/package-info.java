/** Measures a policy on examples held out: what it aims at, what else it changes, and what it costs. */
@NullMarked
package dev.trimtab.evaluation;

import org.jspecify.annotations.NullMarked;
