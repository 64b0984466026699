package dev.trimtab.demo;

import dev.trimtab.model.PromptTemplate.Part;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionPrompt;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.Message;
import dev.trimtab.openai.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads requests into the model's tokens, and refuses what the model cannot do. */
final class AskReader {
    private static final int COMPLETION_TOKENS = 16;

    private final DemoModel model;
    private final DemoQuirks quirks;
    private final AskChecks checks;

    AskReader(DemoModel model, DemoSettings settings) {
        this.model = model;
        this.quirks = settings.quirks();
        this.checks = new AskChecks(model, settings);
    }

    Ask read(AnswerForm form, byte[] body) {
        return form == AnswerForm.CHAT ? chat(ChatRequest.parse(body)) : completion(CompletionRequest.parse(body));
    }

    private Ask chat(ChatRequest request) {
        checks.chat(request);
        int[] prompt = rendered(request.messages());
        checks.chatFits(prompt);
        return ask(AnswerForm.CHAT, request, List.of(prompt), model.context(), false, repeated(request.messages()));
    }

    private Ask completion(CompletionRequest request) {
        checks.completion(request);
        List<int[]> prompts = request.prompts().stream().map(this::ids).toList();
        Ask ask = ask(AnswerForm.COMPLETION, request, prompts, COMPLETION_TOKENS, request.echo(), "");
        prompts.forEach(prompt -> checks.completionFits(prompt, ask.maxTokens()));
        return ask;
    }

    private Ask ask(
            AnswerForm form,
            GenerationRequest request,
            List<int[]> prompts,
            int defaultTokens,
            boolean echo,
            String repeated) {
        SamplingParameters sampling = request.sampling();
        Integer maxTokens = sampling.maxTokens();
        return new Ask(
                form,
                prompts,
                quirks.truncates() ? truncated(sampling) : sampling,
                maxTokens == null ? defaultTokens : maxTokens,
                echo,
                quirks.tokenIds() && request.json().path("return_token_ids").asBoolean(false),
                repeated);
    }

    /** With the truncation of llama.cpp's server where the request states none. */
    private static SamplingParameters truncated(SamplingParameters stated) {
        return new SamplingParameters(
                stated.temperature(),
                stated.topP() == null ? Double.valueOf(0.95) : stated.topP(),
                stated.topK() == null ? Integer.valueOf(40) : stated.topK(),
                stated.minP() == null ? Double.valueOf(0.05) : stated.minP(),
                stated.n(),
                stated.seed(),
                stated.stop(),
                stated.maxTokens(),
                stated.presencePenalty(),
                stated.frequencyPenalty(),
                stated.logitBias(),
                stated.topLogprobs(),
                stated.stream(),
                stated.includeUsage());
    }

    private String repeated(List<Message> messages) {
        return quirks.prefill() == Prefill.REPEATED && endsInPrefill(messages)
                ? messages.get(messages.size() - 1).text()
                : "";
    }

    private static boolean endsInPrefill(List<Message> messages) {
        return !messages.isEmpty() && messages.get(messages.size() - 1).role().equals("assistant");
    }

    /** The ids of a completion's prompt; an empty one stands behind the end of another text. */
    private int[] ids(CompletionPrompt prompt) {
        int[] ids = prompt instanceof CompletionPrompt.Text text
                ? model.encode(text.text())
                : ((CompletionPrompt.Ids) prompt).ids();
        return ids.length == 0 ? new int[] {model.end()} : ids;
    }

    private int[] rendered(List<Message> messages) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            checks.message(messages.get(i), i);
            parts.add(new Part(AskChecks.role(messages.get(i)), messages.get(i).text()));
        }
        if (quirks.prefill() == Prefill.NONE && endsInPrefill(messages)) {
            parts.add(new Part("assistant", ""));
        }
        return model.chat(parts);
    }

    /** The ids that {@code /tokenize} answers with: of {@code content}, or of {@code messages} as the model sees them. */
    int[] tokenize(byte[] body) {
        ObjectNode json = Json.object(body);
        JsonNode content = json.path("content");
        if (content.isString()) {
            return model.encode(content.asString());
        }
        if (json.has("messages")) {
            return rendered(ChatRequest.parse(body).messages());
        }
        throw ApiException.invalid("content", "Missing required parameter: 'content'.")
                .withCode("missing_required_parameter");
    }
}
