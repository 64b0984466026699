/** Fits policies to examples, on the law that the upstream shows, and writes them as folders that the gateway loads. */
@NullMarked
package dev.trimtab.training;

import org.jspecify.annotations.NullMarked;
