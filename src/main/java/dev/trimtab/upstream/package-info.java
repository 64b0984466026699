/**
 * Speaks to the closed model: passes requests through untouched, drafts answers as steps with candidates, and resumes
 * them behind tokens that the model did not draw.
 */
@NullMarked
package dev.trimtab.upstream;

import org.jspecify.annotations.NullMarked;
