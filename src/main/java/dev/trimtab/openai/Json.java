package dev.trimtab.openai;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The one JSON mapper. It keeps every digit of a number and refuses what follows a document. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads a request's body.
     *
     * @throws ApiException worded as the real API words it, where the body is not a JSON object
     */
    public static ObjectNode object(byte[] body) {
        if (tree(body) instanceof ObjectNode object) {
            return object;
        }
        throw malformed();
    }

    /** Reads JSON; a missing node where it is none. */
    public static JsonNode tree(byte[] bytes) {
        return tree(MAPPER, bytes);
    }

    /** A number with an exponent that no number has is thrown as it is by the parser. */
    static JsonNode tree(JsonMapper mapper, byte[] bytes) {
        try {
            return mapper.readTree(bytes);
        } catch (JacksonException | NumberFormatException malformed) {
            return mapper.missingNode();
        }
    }

    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    static ApiException malformed() {
        return ApiException.invalid(
                null,
                "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP"
                        + " library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)");
    }
}
