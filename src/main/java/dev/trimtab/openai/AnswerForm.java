package dev.trimtab.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The two forms in which answers are written. */
public enum AnswerForm {
    CHAT("chat.completion", "chat.completion.chunk"),
    COMPLETION("text_completion", "text_completion");

    private final String wholeName;
    private final String chunkName;

    AnswerForm(String wholeName, String chunkName) {
        this.wholeName = wholeName;
        this.chunkName = chunkName;
    }

    /** A whole answer. */
    public ObjectNode whole(AnswerHead head, List<AnswerChoice> choices, @Nullable Usage usage) {
        ObjectNode answer = start(head, wholeName);
        ArrayNode array = answer.putArray("choices");
        for (AnswerChoice choice : choices) {
            ObjectNode json = array.addObject().put("index", choice.index());
            if (this == CHAT) {
                json.putObject("message")
                        .put("role", "assistant")
                        .put("content", choice.text())
                        .putNull("refusal");
            } else {
                json.put("text", choice.text());
            }
            finish(json, choice, 0);
        }
        if (usage != null) {
            put(answer, usage);
        }
        return answer;
    }

    /** The chunk that opens a choice of a stream. */
    public ObjectNode first(AnswerHead head, int index) {
        ObjectNode answer = start(head, chunkName);
        ObjectNode json = answer.putArray("choices").addObject().put("index", index);
        if (this == CHAT) {
            json.putObject("delta").put("role", "assistant").put("content", "").putNull("refusal");
        } else {
            json.put("text", "");
        }
        json.putNull("logprobs").putNull("finish_reason");
        return answer;
    }

    /** A chunk that adds to one choice of a stream; a finish reason closes it. */
    public ObjectNode chunk(AnswerHead head, AnswerChoice delta) {
        return chunk(head, delta, 0);
    }

    /**
     * A chunk that adds to one choice of a stream.
     *
     * @param textOffset how many characters of the choice were sent before, for the legacy log-probabilities
     */
    public ObjectNode chunk(AnswerHead head, AnswerChoice delta, int textOffset) {
        ObjectNode answer = start(head, chunkName);
        ObjectNode json = answer.putArray("choices").addObject().put("index", delta.index());
        if (this == CHAT) {
            ObjectNode content = json.putObject("delta");
            if (!delta.text().isEmpty() || delta.finishReason() == null) {
                content.put("content", delta.text());
            }
        } else {
            json.put("text", delta.text());
        }
        finish(json, delta, textOffset);
        return answer;
    }

    /** The chunk that ends a stream whose client asked for the usage. */
    public ObjectNode usage(AnswerHead head, Usage usage) {
        ObjectNode answer = start(head, chunkName);
        answer.putArray("choices");
        put(answer, usage);
        return answer;
    }

    private static ObjectNode start(AnswerHead head, String name) {
        return Json.mapper()
                .createObjectNode()
                .put("id", head.id())
                .put("object", name)
                .put("created", head.created())
                .put("model", head.model());
    }

    private void finish(ObjectNode json, AnswerChoice choice, int textOffset) {
        List<TokenLogprob> logprobs = choice.logprobs();
        if (logprobs == null) {
            json.putNull("logprobs");
        } else if (this == CHAT) {
            LogprobWriting.chat(json.putObject("logprobs"), logprobs).putNull("refusal");
        } else {
            LogprobWriting.legacy(json.putObject("logprobs"), logprobs, textOffset);
        }
        json.put("finish_reason", choice.finishReason());
    }

    private static void put(ObjectNode answer, Usage usage) {
        answer.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("total_tokens", usage.promptTokens() + usage.completionTokens());
    }
}
