package dev.trimtab.upstream;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the bodies of one choice's calls: the client's request with everything that the gateway decides itself taken
 * out, every sampling field stated, and the answer so far put where the upstream resumes from.
 */
final class DraftBody {
    private static final Set<String> DECIDED_HERE = Set.of(
            "n",
            "best_of",
            "echo",
            "stop",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "seed",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "logprobs",
            "top_logprobs",
            "logit_bias",
            "presence_penalty",
            "frequency_penalty",
            "return_token_ids");
    /** What means nothing beside a prompt that is written out. */
    private static final Set<String> CHAT_ONLY = Set.of(
            "messages",
            "response_format",
            "modalities",
            "audio",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "functions",
            "function_call",
            "prediction",
            "web_search_options",
            "reasoning_effort",
            "verbosity",
            "store",
            "chat_template",
            "chat_template_kwargs",
            "add_generation_prompt",
            "continue_final_message");

    private final boolean chat;
    private final String limitName;
    private final ObjectNode prompt;
    private final Capabilities capabilities;

    /**
     * @param request what the client asked
     * @param prompt the request's JSON with this choice's prompt and the policy's preface in it
     */
    DraftBody(GenerationRequest request, ObjectNode prompt, Capabilities capabilities) {
        this.chat = request instanceof ChatRequest;
        this.limitName = request instanceof CompletionRequest || !request.json().has("max_completion_tokens")
                ? "max_tokens"
                : "max_completion_tokens";
        this.prompt = prompt(prompt);
        this.capabilities = capabilities;
    }

    /** A request's JSON without what the gateway decides itself. */
    static ObjectNode prompt(ObjectNode request) {
        return request.deepCopy().remove(DECIDED_HERE);
    }

    /** The call for the first draft, or for a later one whose prefix travels as text. */
    DraftCall byText(List<Token> prefix, DraftOptions options) {
        ObjectNode body = prompt.deepCopy();
        if (!prefix.isEmpty()) {
            append(body, text(prefix));
        }
        return call(chat, body, options);
    }

    /** The call for a draft behind a prompt that is written out, the prefix as text behind it. */
    DraftCall byWritten(String written, List<Token> prefix, DraftOptions options) {
        ObjectNode body = prompt.deepCopy().remove(CHAT_ONLY);
        body.put("prompt", written + text(prefix));
        return call(false, body, roomFor(0, prefix.size(), options));
    }

    /** The call for a draft behind token ids: the prompt's, and the prefix's. */
    DraftCall byIds(int[] promptIds, int[] prefixIds, DraftOptions options) {
        ObjectNode body = prompt.deepCopy();
        body.remove(CHAT_ONLY);
        ArrayNode ids = body.putArray("prompt");
        for (int id : promptIds) {
            ids.add(id);
        }
        for (int id : prefixIds) {
            ids.add(id);
        }
        return call(false, body, roomFor(promptIds.length, prefixIds.length, options));
    }

    /** A chat without a limit goes on to its end, but a completion without one ends soon. */
    private DraftOptions roomFor(int promptTokens, int prefix, DraftOptions options) {
        return chat && options.maxTokens() == null
                ? options.limitedTo(capabilities.room(promptTokens, prefix))
                : options;
    }

    /** The request as it would go to the chat endpoint, or with this choice's prompt. */
    ObjectNode request() {
        return prompt;
    }

    boolean mergesRecords() {
        return capabilities.mergedRecords();
    }

    /** llama.cpp sees that nobody reads on when it has drawn its next token. */
    boolean isCutLate() {
        return capabilities.isLlamaCpp();
    }

    boolean resumesByIds() {
        return capabilities.continuation() == Continuation.TOKEN_IDS;
    }

    /** The prompt's ids where the client gave ids; otherwise empty. */
    int[] givenPromptIds() {
        JsonNode given = prompt.path("prompt");
        if (!given.isArray() || given.isEmpty() || !given.get(0).isNumber()) {
            return new int[0];
        }
        return given.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private DraftCall call(boolean toChat, ObjectNode body, DraftOptions options) {
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        sampling(body, options);
        logprobs(toChat, body);
        if (options.maxTokens() != null) {
            body.put(toChat ? limitName : "max_tokens", options.maxTokens());
        }
        if (options.showsDrawn()) {
            body.put("post_sampling_probs", true);
        }
        if (capabilities.promptIds()) {
            body.put("return_token_ids", true);
        }
        return new DraftCall(toChat ? "/chat/completions" : "/completions", body, null);
    }

    private void logprobs(boolean toChat, ObjectNode body) {
        if (capabilities.topLogprobs() == 0) {
            return;
        }
        if (toChat) {
            body.put("logprobs", true).put("top_logprobs", capabilities.topLogprobs());
        } else {
            body.put("logprobs", capabilities.topLogprobs());
        }
    }

    private void sampling(ObjectNode body, DraftOptions options) {
        body.put("temperature", options.temperature());
        body.put("top_p", options.truncation().topP());
        capabilities.neutral().forEach((field, off) -> put(body, field, off));
        if (options.truncation().topK() > 0) {
            body.put("top_k", options.truncation().topK());
        }
        if (options.truncation().minP() > 0) {
            body.put("min_p", options.truncation().minP());
        }
        if (options.seed() != null) {
            body.put("seed", options.seed());
        }
        if (!options.bias().isEmpty()) {
            ObjectNode bias = body.putObject("logit_bias");
            for (Map.Entry<Integer, Double> entry : options.bias().entrySet()) {
                put(bias, String.valueOf(entry.getKey()), entry.getValue());
            }
        }
    }

    /** Whole numbers are written as integers: some servers take nothing else. */
    static void put(ObjectNode body, String field, double value) {
        if (value == Math.rint(value)) {
            body.put(field, (long) value);
        } else {
            body.put(field, value);
        }
    }

    private void append(ObjectNode body, String text) {
        if (!chat) {
            body.put("prompt", body.path("prompt").asString() + text);
            return;
        }
        ArrayNode messages = (ArrayNode) body.get("messages");
        JsonNode last = messages.isEmpty() ? messages : messages.get(messages.size() - 1);
        if (last instanceof ObjectNode message
                && "assistant".equals(message.path("role").asString(""))) {
            message.put("content", message.path("content").asString("") + text);
        } else {
            messages.addObject().put("role", "assistant").put("content", text);
        }
        capabilities.prefill().forEach((field, value) -> putPrefill(body, field, value));
    }

    /** Tells a server to go on with the last message; {@code prefix} is a field of that message, the others are not. */
    static void putPrefill(ObjectNode body, String field, boolean value) {
        JsonNode messages = body.path("messages");
        boolean ofMessage = field.equals("prefix");
        (ofMessage ? (ObjectNode) messages.get(messages.size() - 1) : body).put(field, value);
    }

    private static String text(List<Token> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(token.bytes()));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
