/** The entry point and the object graph; no room looks at it. */
@NullMarked
package dev.trimtab;

import org.jspecify.annotations.NullMarked;
