package dev.trimtab.model;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A {@code tokenizer.json} of a byte-level BPE, parsed. */
record TokenizerFile(ObjectNode json) {
    private static final JsonMapper JSON = new JsonMapper();

    static TokenizerFile read(byte[] bytes) {
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode json
                    && !vocabulary(json).isEmpty()) {
                return new TokenizerFile(json);
            }
        } catch (JacksonException notJson) {
            throw new ModelException("tokenizer.json: not JSON (expected: a tokenizer)", notJson);
        }
        throw new ModelException("tokenizer.json: no model.vocab (expected: a byte-level BPE vocabulary)");
    }

    private static JsonNode vocabulary(ObjectNode json) {
        return json.path("model").path("vocab");
    }

    /** Ids by the tokens' written form. */
    JsonNode vocabulary() {
        return vocabulary(json);
    }

    /** Ids of the special tokens by name. */
    Map<String, Integer> specials() {
        Map<String, Integer> specials = new HashMap<>();
        for (JsonNode added : json.path("added_tokens")) {
            specials.put(added.path("content").asString(), added.path("id").asInt());
        }
        return specials;
    }

    /** The file without its special tokens, so that nothing in a text is taken for one. */
    byte[] withoutSpecials() {
        ObjectNode plain = json.deepCopy();
        plain.putArray("added_tokens");
        return JSON.writeValueAsBytes(plain);
    }
}
