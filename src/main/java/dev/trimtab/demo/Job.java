package dev.trimtab.demo;

import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionPrompt;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.SamplingParameters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A request that was checked and is ready to be generated.
 *
 * @param prompts token ids, one array per prompt
 * @param tellsPromptIds whether the answer carries them
 */
record Job(AnswerForm form, GenerationRequest request, List<int[]> prompts, boolean tellsPromptIds) {
    private static final int COMPLETION_TOKENS = 16;
    private static final int MOST_CHOICES = 16;

    static Job chat(byte[] body, DemoModel model, int maxLogprobs) {
        ChatRequest request = ChatRequest.parse(body);
        return checked(AnswerForm.CHAT, request, List.of(model.chat(request.messages())), model, maxLogprobs);
    }

    static Job completion(byte[] body, DemoModel model, int maxLogprobs) {
        CompletionRequest request = CompletionRequest.parse(body);
        List<int[]> prompts =
                request.prompts().stream().map(prompt -> ids(prompt, model)).toList();
        return checked(AnswerForm.COMPLETION, request, prompts, model, maxLogprobs);
    }

    private static int[] ids(CompletionPrompt prompt, DemoModel model) {
        if (prompt instanceof CompletionPrompt.Text text) {
            int[] ids = model.text(text.text());
            return ids.length == 0 ? new int[] {model.end()} : ids;
        }
        int[] ids = ((CompletionPrompt.Ids) prompt).ids();
        int size = model.vocabulary().size();
        if (ids.length == 0 || IntStream.of(ids).anyMatch(id -> id < 0 || id >= size)) {
            throw ApiException.invalid(
                    "prompt", "Invalid 'prompt': token ids must be at least one and in 0.." + (size - 1));
        }
        return ids;
    }

    private static Job checked(
            AnswerForm form, GenerationRequest request, List<int[]> prompts, DemoModel model, int maxLogprobs) {
        if (!"demo".equals(request.model())) {
            throw new ApiException(
                            ErrorKind.NOT_FOUND,
                            "The model `" + request.model() + "` does not exist or you do not have access to it.")
                    .withCode("model_not_found");
        }
        boolean chat = form == AnswerForm.CHAT;
        if (request.sampling().topLogprobs() > maxLogprobs) {
            String param = chat ? "top_logprobs" : "logprobs";
            throw ApiException.invalid(
                            param,
                            "Invalid '" + param + "': integer above maximum value. Expected a value <= " + maxLogprobs
                                    + ", but got " + request.sampling().topLogprobs() + " instead.")
                    .withCode("integer_above_max_value");
        }
        if (request.sampling().n() > MOST_CHOICES) {
            throw ApiException.invalid("n", "n: " + request.sampling().n() + " (expected: 1.." + MOST_CHOICES + ")");
        }
        for (int[] prompt : prompts) {
            if (prompt.length > model.context()) {
                throw tooLong(prompt.length, model.context(), chat);
            }
        }
        return new Job(
                form, request, prompts, request.json().path("return_token_ids").asBoolean(false));
    }

    private static ApiException tooLong(int tokens, int context, boolean chat) {
        String what = chat ? "messages" : "prompt";
        return ApiException.invalid(
                        what,
                        "This model's maximum context length is " + context + " tokens. However, your " + what
                                + " resulted in " + tokens + " tokens. Please reduce the length of the " + what + ".")
                .withCode("context_length_exceeded");
    }

    SamplingParameters sampling() {
        return request.sampling();
    }

    /** How many tokens a choice may have at most. */
    int limit(int[] prompt, int context) {
        int room = context - prompt.length;
        Integer asked = sampling().maxTokens();
        if (asked == null) {
            return form == AnswerForm.CHAT ? room : Math.min(room, COMPLETION_TOKENS);
        }
        return Math.min(room, asked);
    }

    int promptTokens() {
        return prompts.stream().mapToInt(prompt -> prompt.length).sum();
    }

    /** What precedes a prompt's answer. */
    String echo(int prompt, DemoModel model) {
        if (!(request instanceof CompletionRequest completion) || !completion.echo()) {
            return "";
        }
        if (completion.prompts().get(prompt) instanceof CompletionPrompt.Text text) {
            return text.text();
        }
        StringBuilder text = new StringBuilder();
        for (int id : prompts.get(prompt)) {
            text.append(new String(model.vocabulary().bytes(id), StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
