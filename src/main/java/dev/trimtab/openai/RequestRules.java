package dev.trimtab.openai;

import tools.jackson.databind.JsonNode;

/** What the real API demands of fields together: none may be given where it would be ignored. */
final class RequestRules {
    private RequestRules() {}

    static void checkChat(JsonNode request) {
        check(request);
        if (request.hasNonNull("top_logprobs") && !request.path("logprobs").booleanValue(false)) {
            throw onlyWith("top_logprobs", "logprobs");
        }
        if (request.hasNonNull("parallel_tool_calls") && !request.hasNonNull("tools")) {
            throw ApiException.invalid(
                    "parallel_tool_calls",
                    "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are"
                            + " specified.");
        }
    }

    static void check(JsonNode request) {
        if (request.hasNonNull("stream_options") && !request.path("stream").booleanValue(false)) {
            throw onlyWith("stream_options", "stream");
        }
    }

    private static ApiException onlyWith(String field, String enabled) {
        return ApiException.invalid(
                field, "The '%s' parameter is only allowed when '%s' is enabled.".formatted(field, enabled));
    }
}
