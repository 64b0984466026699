package dev.trimtab.demo;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionPrompt;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a well-formed request may still ask that the model cannot do; worded as the real API words it. */
final class AskChecks {
    private static final List<String> CHAT_UNKNOWN = List.of("tools", "functions", "audio", "web_search_options");

    private final DemoModel model;
    private final int maxLogprobs;
    private final boolean takesIds;

    AskChecks(DemoModel model, DemoSettings settings) {
        this.model = model;
        this.maxLogprobs = settings.maxLogprobs();
        this.takesIds = settings.quirks().tokenIds();
    }

    void chat(ChatRequest request) {
        shared(request, "top_logprobs");
        CHAT_UNKNOWN.forEach(field -> refuse(
                !request.json().path(field).isEmpty(), field, "'" + field + "' is not supported with this model."));
        String format = request.json().path("response_format").path("type").asString("text");
        refuse(!format.equals("text"), "response_format.type", "'" + format + "' is not supported with this model.");
    }

    void completion(CompletionRequest request) {
        shared(request, "logprobs");
        boolean suffix = !request.json().path("suffix").asString("").isEmpty();
        refuse(suffix, "suffix", "'suffix' is not supported with this model.");
        int bestOf = request.json().path("best_of").asInt(request.sampling().n());
        refuse(
                bestOf != request.sampling().n(),
                "best_of",
                "best_of: " + bestOf + " (expected: the same as 'n' with this model).");
        refuse(request.prompts().isEmpty(), "prompt", "Invalid 'prompt': empty array. Expected at least one prompt.");
        request.prompts().forEach(this::known);
    }

    private void shared(GenerationRequest request, String logprobs) {
        name(request.model(), request.json().path("model"));
        int wanted = request.sampling().topLogprobs();
        if (wanted > maxLogprobs) {
            throw ApiException.invalid(
                            logprobs,
                            "Invalid '" + logprobs + "': integer above maximum value. Expected a value <= "
                                    + maxLogprobs + ", but got " + wanted + " instead.")
                    .withCode("integer_above_max_value");
        }
        request.sampling()
                .logitBias()
                .keySet()
                .forEach(id ->
                        refuse(id >= size(), "logit_bias", "Invalid key in 'logit_bias': " + id + ". " + expectedId()));
    }

    private static void name(@Nullable String name, JsonNode given) {
        refuse(
                name == null,
                "model",
                given.isMissingNode() ? "you must provide a model parameter" : "Invalid 'model'.");
        if (!DemoModel.NAME.equals(name)) {
            throw new ApiException(
                            ErrorKind.NOT_FOUND,
                            "The model `" + name + "` does not exist or you do not have access to it.")
                    .withCode("model_not_found");
        }
    }

    private void known(CompletionPrompt prompt) {
        if (prompt instanceof CompletionPrompt.Ids ids) {
            refuse(!takesIds, "prompt", "Invalid 'prompt': this model takes text only.");
            for (int id : ids.ids()) {
                refuse(id < 0 || id >= size(), "prompt", "Invalid token id in 'prompt': " + id + ". " + expectedId());
            }
        }
    }

    private int size() {
        return model.vocabulary().size();
    }

    private String expectedId() {
        return "Expected a token id below " + size() + ".";
    }

    void message(Message message, int place) {
        String at = "messages[" + place + "]";
        refuse(
                !model.knowsRole(role(message)),
                at + ".role",
                "Invalid value: '" + message.role() + "'. The model has no such role.");
        refuse(!message.textOnly(), at + ".content", "Invalid content: this model takes text only.");
    }

    /** The model's name for a message's role. */
    static String role(Message message) {
        return message.role().equals("developer") ? "system" : message.role();
    }

    void chatFits(int[] prompt) {
        if (prompt.length > model.context()) {
            throw tooLong(
                    "messages",
                    "However, your messages resulted in " + prompt.length
                            + " tokens. Please reduce the length of the messages.");
        }
    }

    void completionFits(int[] prompt, int maxTokens) {
        if (prompt.length > model.context()) {
            throw tooLong(
                    "prompt",
                    "However, you requested " + (prompt.length + (long) maxTokens) + " tokens (" + prompt.length
                            + " in your prompt; " + maxTokens
                            + " for the completion). Please reduce your prompt; or completion length.");
        }
    }

    private ApiException tooLong(String param, String rest) {
        return ApiException.invalid(
                        param, "This model's maximum context length is " + model.context() + " tokens. " + rest)
                .withCode("context_length_exceeded");
    }

    private static void refuse(boolean wrong, String param, String message) {
        if (wrong) {
            throw ApiException.invalid(param, message);
        }
    }
}
