package dev.trimtab.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the sampling parameters of a request whose shape was checked. */
final class SamplingReading {
    private SamplingReading() {}

    static SamplingParameters chat(ObjectNode json) {
        boolean wanted = json.path("logprobs").asBoolean(false);
        Integer limit = integer(json, "max_completion_tokens");
        return read(
                json,
                limit == null ? integer(json, "max_tokens") : limit,
                wanted ? json.path("top_logprobs").asInt(0) : -1);
    }

    static SamplingParameters completion(ObjectNode json) {
        return read(json, integer(json, "max_tokens"), json.path("logprobs").asInt(-1));
    }

    private static SamplingParameters read(ObjectNode json, @Nullable Integer maxTokens, int topLogprobs) {
        return new SamplingParameters(
                decimal(json, "temperature"),
                decimal(json, "top_p"),
                integer(json, "top_k"),
                decimal(json, "min_p"),
                json.path("n").asInt(1),
                json.path("seed").isNumber() ? json.path("seed").asLong() : null,
                stop(json.path("stop")),
                maxTokens,
                json.path("presence_penalty").asDouble(0),
                json.path("frequency_penalty").asDouble(0),
                bias(json.path("logit_bias")),
                topLogprobs,
                json.path("stream").asBoolean(false),
                json.path("stream_options").path("include_usage").asBoolean(false));
    }

    private static @Nullable Double decimal(ObjectNode json, String field) {
        return json.path(field).isNumber() ? json.path(field).asDouble() : null;
    }

    private static @Nullable Integer integer(ObjectNode json, String field) {
        return json.path(field).isNumber() ? json.path(field).asInt() : null;
    }

    private static List<String> stop(JsonNode stop) {
        if (stop.isString()) {
            return List.of(stop.asString());
        }
        List<String> strings = new ArrayList<>();
        stop.forEach(one -> strings.add(one.asString()));
        return strings;
    }

    private static Map<Integer, Double> bias(JsonNode entries) {
        Map<Integer, Double> bias = new LinkedHashMap<>();
        entries.forEachEntry((id, nats) -> bias.put(Integer.valueOf(id), nats.asDouble()));
        return bias;
    }
}
