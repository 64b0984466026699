/** Drives running gateways and upstreams over HTTP, side by side, and tells what they cost. */
@NullMarked
package dev.trimtab.bench;

import org.jspecify.annotations.NullMarked;
