package dev.trimtab.upstream;

import dev.trimtab.openai.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What {@code /models} says of one model. It is believed only where nothing else could tell. */
record ModelListing(JsonNode entry) {
    static final ModelListing NONE = new ModelListing(Json.mapper().missingNode());

    /** The entry of a model, or the first where no model is named. */
    static ModelListing of(byte[] answer, @Nullable String model) {
        for (JsonNode entry : Json.object(answer).path("data")) {
            if (model == null || model.equals(entry.path("id").asString(""))) {
                return new ModelListing(entry);
            }
        }
        return NONE;
    }

    @Nullable
    String model() {
        return entry.path("id").isString() ? entry.path("id").asString() : null;
    }

    /** The most tokens of prompt and answer together, as servers call it. */
    Seen<Integer> context() {
        return number("/max_model_len", "/context_length", "/meta/n_ctx");
    }

    Seen<Integer> vocabularySize() {
        return number("/meta/n_vocab");
    }

    private Seen<Integer> number(String... pointers) {
        for (String pointer : pointers) {
            if (entry.at(pointer).isIntegralNumber()) {
                return new Seen<>(entry.at(pointer).asInt(), "/models says " + pointer.substring(1) + ".");
            }
        }
        return Seen.unknown("/models does not say " + String.join(" or ", List.of(pointers)) + ".");
    }
}
