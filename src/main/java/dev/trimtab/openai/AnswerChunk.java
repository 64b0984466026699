package dev.trimtab.openai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chunk of a streamed answer, or a whole answer, of either endpoint. Its JSON is kept, so that nothing is lost.
 *
 * @param usage null where the chunk has none
 */
public record AnswerChunk(List<Choice> choices, @Nullable Usage usage, ObjectNode json) {

    /**
     * Servers written in Python answer NaN and Infinity, which are no JSON; what they stand for is read past. The legacy form
     * names candidates by their text: names that are data do not belong into a table of names that is kept for good.
     */
    private static final JsonMapper READER = JsonMapper.builder(JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /**
     * What one choice says.
     *
     * @param text null where there is none; a null content counts as none
     * @param logprobs null where there are none
     * @param finishReason null while the choice goes on
     */
    public record Choice(
            int index,
            @Nullable String text,
            @Nullable List<TokenLogprob> logprobs,
            @Nullable String finishReason,
            ObjectNode json) {}

    /**
     * Reads a chunk.
     *
     * @throws ApiException of kind {@link ErrorKind#UPSTREAM_FAILED} where the bytes are not a JSON object
     */
    public static AnswerChunk parse(byte[] bytes) {
        ObjectNode json = object(bytes);
        List<Choice> choices = new ArrayList<>();
        for (JsonNode choice : json.path("choices")) {
            if (choice instanceof ObjectNode object) {
                choices.add(choice(object));
            }
        }
        return new AnswerChunk(choices, usage(json.path("usage")), json);
    }

    private static ObjectNode object(byte[] bytes) {
        if (Json.tree(READER, bytes) instanceof ObjectNode object) {
            return object;
        }
        throw new ApiException(ErrorKind.UPSTREAM_FAILED, "answer of the upstream: no JSON object");
    }

    private static Choice choice(ObjectNode json) {
        return new Choice(
                json.path("index").asInt(0),
                text(json),
                LogprobReading.read(json.path("logprobs")),
                string(json.path("finish_reason")),
                json);
    }

    private static @Nullable String text(ObjectNode choice) {
        for (String holder : List.of("delta", "message")) {
            String content = string(choice.path(holder).path("content"));
            if (content != null) {
                return content;
            }
        }
        return string(choice.path("text"));
    }

    private static @Nullable String string(JsonNode node) {
        return node.isString() ? node.asString() : null;
    }

    private static @Nullable Usage usage(JsonNode json) {
        return json.isObject()
                ? new Usage(
                        json.path("prompt_tokens").asInt(0),
                        json.path("completion_tokens").asInt(0))
                : null;
    }
}
