package dev.trimtab.openai;

import static dev.trimtab.openai.Shape.ANY;
import static dev.trimtab.openai.Shape.ARRAY;
import static dev.trimtab.openai.Shape.BOOLEAN;
import static dev.trimtab.openai.Shape.OBJECT;
import static dev.trimtab.openai.Shape.STRING;
import static dev.trimtab.openai.Shape.decimal;
import static dev.trimtab.openai.Shape.fields;
import static dev.trimtab.openai.Shape.integer;
import static dev.trimtab.openai.Shape.listOf;
import static dev.trimtab.openai.Shape.oneOf;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** The fields of the API's requests, as its specification has them, and a few that other servers added. */
final class RequestShapes {
    private static final long MOST = Integer.MAX_VALUE;

    private static final Shape CONTENT = either(
            "one of a string or array of objects",
            JsonNode::isString,
            STRING,
            JsonNode::isArray,
            listOf(fields().with("type", STRING).requiring("type")));

    private static final Shape MESSAGE = fields().with(
                    "role", oneOf("system", "assistant", "user", "function", "tool", "developer"))
            .with("content", CONTENT)
            .with("name", STRING)
            .with("tool_calls", ARRAY)
            .with("tool_call_id", STRING)
            .with(ANY, "function_call", "refusal", "audio")
            .requiring("role");

    private static final Shape STOP = either(
            "one of a string or array of strings", JsonNode::isString, STRING, JsonNode::isArray, listOf(STRING));

    private static final Shape PROMPT = either(
            "one of a string, array of strings, array of integers or array of arrays of integers",
            JsonNode::isString,
            STRING,
            JsonNode::isArray,
            ARRAY);

    private static final Shape.Fields SHARED = fields().with("model", STRING)
            .with("frequency_penalty", decimal(-2, 2))
            .with("presence_penalty", decimal(-2, 2))
            .with("temperature", decimal(0, 2))
            .with("top_p", decimal(0, 1))
            .with("top_k", integer(-1, MOST))
            .with("min_p", decimal(0, 1))
            .with("n", integer(1, 128))
            .with("max_tokens", integer(1, MOST))
            .with("seed", integer(Long.MIN_VALUE, Long.MAX_VALUE))
            .with("stop", STOP)
            .with("logit_bias", new Shape.Bias())
            .with("stream", BOOLEAN)
            .with("stream_options", fields().with(BOOLEAN, "include_usage", "include_obfuscation"))
            .with("user", STRING);

    static final Shape.Fields CHAT = SHARED.with("messages", listOf(MESSAGE))
            .with("max_completion_tokens", integer(1, MOST))
            .with("logprobs", BOOLEAN)
            .with("top_logprobs", integer(0, MOST))
            .with("metadata", new Shape.OfType("a metadata object", JsonNode::isObject))
            .with("modalities", listOf(oneOf("text", "audio")))
            .with("audio", OBJECT)
            .with("response_format", fields().with("type", STRING))
            .with("service_tier", STRING)
            .with("reasoning_effort", STRING)
            .with("verbosity", oneOf("low", "medium", "high"))
            .with(BOOLEAN, "store", "parallel_tool_calls")
            .with(STRING, "safety_identifier", "prompt_cache_key", "prompt_cache_retention")
            .with(ARRAY, "tools", "functions")
            .with(OBJECT, "prediction", "web_search_options", "prompt_cache_options", "moderation")
            .with(ANY, "tool_choice", "function_call")
            .requiring("messages");

    static final Shape.Fields COMPLETION = SHARED.with("prompt", PROMPT)
            .with("best_of", integer(1, 20))
            .with("echo", BOOLEAN)
            .with("logprobs", integer(0, MOST))
            .with("suffix", STRING)
            .requiring("prompt");

    private RequestShapes() {}

    private static Shape either(
            String expected, Predicate<JsonNode> isOne, Shape one, Predicate<JsonNode> isOther, Shape other) {
        Map<Predicate<JsonNode>, Shape> shapes = new LinkedHashMap<>();
        shapes.put(isOne, one);
        shapes.put(isOther, other);
        return new Shape.Either(expected, shapes);
    }
}
