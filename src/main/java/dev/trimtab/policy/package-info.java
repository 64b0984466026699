/** What a policy says, read from its folder, checked, versioned, and read again when it changes. */
@NullMarked
package dev.trimtab.policy;

import org.jspecify.annotations.NullMarked;
