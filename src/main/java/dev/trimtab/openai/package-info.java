/** The OpenAI wire format: requests, answers, errors and server-sent events, with unknown fields preserved. */
@NullMarked
package dev.trimtab.openai;

import org.jspecify.annotations.NullMarked;
