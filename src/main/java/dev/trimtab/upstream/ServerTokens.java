package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The server's own tokenizer and chat template, which stand beside the API's version.
 *
 * @param post makes a call
 * @param model the model's name, or null
 * @param authorization the client's own, if any
 */
record ServerTokens(
        Function<DraftCall, Flux<byte[]>> post,
        @Nullable String model,
        @Nullable String authorization) {
    /** The code of the error where the server answers, but not what it is asked for. */
    static final String NOT_WRITTEN = "prompt_not_written";

    private static final String TOKENIZE = "/../tokenize";
    private static final String APPLY_TEMPLATE = "/../apply-template";

    /**
     * The ids of a text.
     *
     * @param begins whether the text begins a prompt, so that the server may put a mark before it
     * @param specials whether special tokens in the text are such
     */
    Mono<int[]> ofText(String text, boolean begins, boolean specials) {
        return tokens(written(text, begins, specials));
    }

    private ObjectNode written(String text, boolean begins, boolean specials) {
        ObjectNode body = Json.mapper()
                .createObjectNode()
                .put("content", text)
                .put("add_special", begins)
                .put("parse_special", specials);
        if (model != null) {
            body.put("model", model);
        }
        return body.put("prompt", text).put("add_special_tokens", begins);
    }

    /** The tokens of a text within a prompt: ids, or objects with an {@code id} and its {@code piece} where it gives them. */
    Mono<List<JsonNode>> pieces(String text) {
        ObjectNode body = written(text, false, false).put("with_pieces", true);
        return answer(TOKENIZE, body)
                .map(json -> json.path("tokens").valueStream().toList());
    }

    /** The ids of a chat, as the chat endpoint would read it. */
    Mono<int[]> ofChat(ObjectNode chat) {
        return tokens(chat);
    }

    /** A chat as the server's template writes it. */
    Mono<String> prompt(ObjectNode chat) {
        return answer(APPLY_TEMPLATE, chat)
                .map(json -> json.path("prompt").asString(""))
                .filter(prompt -> !prompt.isEmpty())
                .switchIfEmpty(Mono.error(() -> none("prompt", "/apply-template")));
    }

    private Mono<int[]> tokens(ObjectNode body) {
        return answer(TOKENIZE, body)
                .map(json -> json.path("tokens")
                        .valueStream()
                        .mapToInt(JsonNode::asInt)
                        .toArray())
                .filter(ids -> ids.length > 0 || isNothing(body))
                .switchIfEmpty(Mono.error(() -> none("tokens", "/tokenize")));
    }

    private static boolean isNothing(ObjectNode body) {
        return body.path("content").isString()
                && body.path("content").asString().isEmpty();
    }

    private Mono<JsonNode> answer(String path, ObjectNode body) {
        return post.apply(new DraftCall(path, body, authorization)).next().map(Json::object);
    }

    private static ApiException none(String what, String path) {
        return new ApiException(
                        ErrorKind.UPSTREAM_FAILED,
                        "The upstream's " + path + " gave no " + what
                                + ", without which a prompt cannot be written out (see"
                                + " trimtab.upstream.capabilities.template).")
                .withCode(NOT_WRITTEN);
    }
}
