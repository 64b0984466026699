/** The embedded upstream: a real small model behind the same HTTP API, for demonstrations and for tests of the whole. */
@NullMarked
package dev.trimtab.demo;

import org.jspecify.annotations.NullMarked;
