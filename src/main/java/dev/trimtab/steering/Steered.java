package dev.trimtab.steering;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A steered answer, not begun before it is subscribed to.
 *
 * @param law by which it is drawn where it is resampled; null where it is steered token by token
 * @param parts of all choices, interleaved, each choice's in order and closed by its report; an {@link
 *     dev.trimtab.openai.ApiException} where the upstream fails
 */
public record Steered(@Nullable ResampledLaw law, Flux<AnswerPart> parts) {}
