package dev.trimtab.openai;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A request for generated text. Its JSON is kept whole, so that fields that nobody here knows are not lost. */
public sealed interface GenerationRequest permits ChatRequest, CompletionRequest {
    /**
     * Reads the request for an answer of a form.
     *
     * @throws ApiException where it is malformed
     */
    static GenerationRequest parse(AnswerForm form, byte[] body) {
        return form == AnswerForm.CHAT ? ChatRequest.parse(body) : CompletionRequest.parse(body);
    }

    ObjectNode json();

    SamplingParameters sampling();

    default @Nullable String model() {
        return json().path("model").isString() ? json().path("model").asString() : null;
    }
}
