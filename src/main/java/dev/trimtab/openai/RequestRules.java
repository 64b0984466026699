package dev.trimtab.openai;

import tools.jackson.databind.JsonNode;

/**
 * What the real API demands after the shapes, in its order: that no field is given where it would be ignored, and that
 * biases are in range.
 */
final class RequestRules {
    private static final double MOST_BIAS = 100;

    private RequestRules() {}

    static void checkChat(JsonNode request) {
        checkOnlyWith("logprobs", "top_logprobs", request);
        checkOnlyWith("stream", "stream_options", request);
        if (request.hasNonNull("parallel_tool_calls") && !request.hasNonNull("tools")) {
            throw ApiException.invalid(
                    "parallel_tool_calls",
                    "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are"
                            + " specified.");
        }
        request.path("logit_bias").forEachEntry(RequestRules::checkBias);
    }

    static void checkCompletion(JsonNode request) {
        checkOnlyWith("stream", "stream_options", request);
        request.path("logit_bias").forEachEntry(RequestRules::checkBias);
    }

    private static void checkOnlyWith(String enabled, String field, JsonNode request) {
        if (request.hasNonNull(field) && !request.path(enabled).booleanValue(false)) {
            throw ApiException.invalid(
                    field, "The '%s' parameter is only allowed when '%s' is enabled.".formatted(field, enabled));
        }
    }

    private static void checkBias(String id, JsonNode nats) {
        if (!id.matches("\\d{1,9}")) {
            throw ApiException.invalid("logit_bias", "Logit bias key " + id + " is invalid: expected a token id");
        }
        if (!nats.isNumber() || Math.abs(nats.asDouble()) > MOST_BIAS) {
            String shown = nats.isNumber() ? String.valueOf(nats.asDouble()) : nats.toString();
            throw ApiException.invalid(
                    "logit_bias", "Logit bias value " + shown + " is invalid or outside of range [-100, 100]");
        }
    }
}
