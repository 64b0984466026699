/** The client-facing edge: routes, admission, the choice of a policy, and answers passed on or steered. */
@NullMarked
package dev.trimtab.gateway;

import org.jspecify.annotations.NullMarked;
