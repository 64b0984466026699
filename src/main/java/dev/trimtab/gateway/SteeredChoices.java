package dev.trimtab.gateway;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gathers the parts of one answer, choice by choice. Confined to one answer. */
final class SteeredChoices {
    private final Map<Integer, Choice> choices = new TreeMap<>();
    private final boolean logprobs;
    private final int choicesPerPrompt;

    /**
     * @param logprobs whether the client asked for them
     * @param choicesPerPrompt ≥ 1; choices of one prompt follow each other
     */
    SteeredChoices(boolean logprobs, int choicesPerPrompt) {
        this.logprobs = logprobs;
        this.choicesPerPrompt = choicesPerPrompt;
    }

    void add(AnswerPart part) {
        Choice choice = choices.computeIfAbsent(part.choice(), index -> new Choice());
        if (part instanceof AnswerPart.Piece piece) {
            choice.text.append(piece.text());
            choice.logprobs.addAll(piece.logprobs());
        } else if (part instanceof AnswerPart.Closed closed) {
            choice.closed = closed;
        }
    }

    boolean has(int index) {
        return choices.containsKey(index);
    }

    /** The characters of a choice so far. */
    int length(int index) {
        Choice choice = choices.get(index);
        return choice == null ? 0 : choice.text.length();
    }

    List<AnswerChoice> whole() {
        List<AnswerChoice> whole = new ArrayList<>();
        choices.forEach((index, choice) -> whole.add(new AnswerChoice(
                index, choice.text.toString(), logprobs ? choice.logprobs : null, choice.finishReason())));
        return whole;
    }

    /** Null where the upstream does not tell the prompt's tokens. A prompt of several choices counts once. */
    @Nullable
    Usage usage() {
        int prompts = 0;
        int completions = 0;
        for (Map.Entry<Integer, Report> report : reports().entrySet()) {
            if (report.getValue().promptTokens() < 0) {
                return null;
            }
            prompts +=
                    report.getKey() % choicesPerPrompt == 0 ? report.getValue().promptTokens() : 0;
            completions += report.getValue().completionTokens();
        }
        return new Usage(prompts, completions);
    }

    /** True where steering stopped on the way, which an answer says unasked. */
    boolean latched() {
        return reports().values().stream().anyMatch(report -> report.latched() != null);
    }

    /** The answer's {@code trimtab} field. */
    ObjectNode report(Policy policy) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("policy", policy.name()).put("version", policy.version());
        ArrayNode list = json.putArray("choices");
        reports().forEach((index, report) -> list.add(report.json(index)));
        return json;
    }

    private Map<Integer, Report> reports() {
        Map<Integer, Report> reports = new TreeMap<>();
        choices.forEach((index, choice) -> {
            if (choice.closed != null) {
                reports.put(index, choice.closed.report());
            }
        });
        return reports;
    }

    private static final class Choice {
        private final StringBuilder text = new StringBuilder();
        private final List<TokenLogprob> logprobs = new ArrayList<>();
        private AnswerPart.@Nullable Closed closed;

        private @Nullable String finishReason() {
            return closed == null ? null : closed.finishReason();
        }
    }
}
