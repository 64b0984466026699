/** The scorer contract and the scorers: what a policy adds to a candidate's log-probability. */
@NullMarked
package dev.trimtab.scoring;

import org.jspecify.annotations.NullMarked;
