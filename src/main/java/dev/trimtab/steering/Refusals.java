package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Message;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Capabilities;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Honour or refuse: what a steered request cannot have is answered with an error that names the parameter. */
final class Refusals {
    private static final List<String> NOT_STEERED = List.of(
            "tools",
            "tool_choice",
            "functions",
            "function_call",
            "audio",
            "prediction",
            "web_search_options",
            "repetition_penalty",
            "repeat_penalty",
            "grammar",
            "json_schema",
            "structured_outputs",
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "stop_token_ids",
            "ignore_eos",
            "suffix",
            "post_sampling_probs",
            "best_of");

    /** Fields of a draft that say what the client said. */
    private static final Set<String> STATED = Set.of("top_k", "min_p");

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");

    private Refusals() {}

    /** True where whole drafts are drawn instead of tokens. */
    static boolean resampled(Policy policy, Capabilities upstream, boolean chat) {
        boolean cannot =
                policy.weighsTokens() ? upstream.whyNotSteerable(chat) != null : upstream.whyNotResumable(chat) != null;
        return policy.route() == Route.RESAMPLED || (policy.route() == Route.DRAFTED_OR_RESAMPLED && cannot);
    }

    static void check(GenerationRequest request, Policy policy, Asked upstream) {
        boolean resampled = resampled(policy, upstream.capabilities(), request instanceof ChatRequest);
        String lacking = resampled
                ? ResampledRefusals.lacking(upstream.capabilities())
                : upstream.capabilities().whyNotSteerable(request instanceof ChatRequest);
        if (resampled) {
            ResampledRefusals.check(request.sampling(), policy, upstream);
        } else if (lacking != null && policy.weighsTokens()) {
            throw new ApiException(
                    ErrorKind.POLICY_REFUSED,
                    "Policy " + policy.name() + " cannot be applied: upstream " + upstream.name() + " lacks it: "
                            + lacking);
        }
        for (String field : NOT_STEERED) {
            if (isSet(request.json().path(field))) {
                throw refused(field, "not available on a steered request");
            }
        }
        String format = request.json().path("response_format").path("type").asString("text");
        if (!"text".equals(format)) {
            throw refused("response_format", format + " (expected: text, on a steered request)");
        }
        if (request.json().path("min_tokens").asInt(0) > 0) {
            throw refused("min_tokens", "not available on a steered request: it would start anew at each cut");
        }
        for (JsonNode modality : request.json().path("modalities")) {
            if (!"text".equals(modality.asString())) {
                throw refused("modalities", modality + " (expected: text, on a steered request)");
            }
        }
        sampling(request.sampling(), upstream.capabilities());
        logprobs(request, upstream.capabilities());
        if (lacking != null) {
            textOnly(request, lacking);
        }
        neutral(request, upstream.capabilities());
        if (request instanceof ChatRequest chat) {
            messages(chat);
        }
        if (request instanceof CompletionRequest completion) {
            completion(completion, policy);
        }
    }

    private static boolean isSet(JsonNode value) {
        boolean emptyList = value.isArray() && value.isEmpty();
        boolean none = value.isString() && "none".equals(value.asString());
        boolean off = value.isBoolean() && !value.asBoolean();
        boolean one = value.isNumber() && value.asDouble() == 1;
        return !(value.isMissingNode() || value.isNull() || emptyList || none || off || one);
    }

    private static void sampling(SamplingParameters sampling, Capabilities upstream) {
        if (sampling.presencePenalty() < 0) {
            throw refused(
                    "presence_penalty", sampling.presencePenalty() + " (expected: at least 0, on a steered request)");
        }
        if (sampling.frequencyPenalty() < 0) {
            throw refused(
                    "frequency_penalty", sampling.frequencyPenalty() + " (expected: at least 0, on a steered request)");
        }
        if (sampling.topK() != null
                && sampling.topK() > 0
                && !upstream.neutral().containsKey("top_k")) {
            throw refused("top_k", "not known to the upstream (expected: none)");
        }
        if (sampling.minP() != null
                && sampling.minP() > 0
                && !upstream.neutral().containsKey("min_p")) {
            throw refused("min_p", "not known to the upstream (expected: none)");
        }
    }

    private static void logprobs(GenerationRequest request, Capabilities upstream) {
        int asked = request.sampling().topLogprobs();
        if (asked > 0 && asked > upstream.topLogprobs()) {
            String name = request instanceof ChatRequest ? "top_logprobs" : "logprobs";
            throw refused(name, asked + " (expected: 0.." + upstream.topLogprobs() + ")");
        }
    }

    /** What needs more of tokens than their text, where an upstream does not give it. */
    private static void textOnly(GenerationRequest request, String lacking) {
        SamplingParameters sampling = request.sampling();
        if (sampling.topLogprobs() >= 0) {
            throw refused("logprobs", "not available on a steered request, since the upstream lacks it: " + lacking);
        }
        if (sampling.presencePenalty() > 0 || sampling.frequencyPenalty() > 0) {
            throw refused(
                    sampling.presencePenalty() > 0 ? "presence_penalty" : "frequency_penalty",
                    "not available on a steered request, since the upstream lacks it: " + lacking);
        }
    }

    /** A draft says neutral for every sampling field that is not of the law, so nothing else can be asked. */
    private static void neutral(GenerationRequest request, Capabilities upstream) {
        upstream.neutral().forEach((field, off) -> {
            JsonNode asked = request.json().path(field);
            boolean other = asked.isNumber() ? asked.asDouble() != off : isSet(asked);
            if (other && !STATED.contains(field)) {
                throw refused(field, asked + " (expected: " + off + ", on a steered request)");
            }
        });
    }

    private static void messages(ChatRequest chat) {
        for (int i = 0; i < chat.messages().size(); i++) {
            Message message = chat.messages().get(i);
            if (!ROLES.contains(message.role())) {
                throw refused(
                        "messages[" + i + "].role",
                        message.role() + " (expected: system, developer, user or assistant, on a steered request)");
            }
            if (!message.textOnly()) {
                throw refused("messages[" + i + "].content", "not text (expected: text, on a steered request)");
            }
        }
    }

    private static void completion(CompletionRequest request, Policy policy) {
        if (!policy.preface().isEmpty()) {
            throw new ApiException(
                    ErrorKind.POLICY_REFUSED,
                    "Policy " + policy.name() + " has a preface, which only /v1/chat/completions can carry.");
        }
        if (request.prompts().isEmpty()) {
            throw refused("prompt", "[] (expected: at least one prompt)");
        }
        if (request.echo() && request.sampling().topLogprobs() >= 0) {
            throw refused("echo", "true with logprobs (expected: one of them, on a steered request)");
        }
    }

    private static ApiException refused(String param, String value) {
        return ApiException.invalid(param, param + ": " + value);
    }
}
