package dev.trimtab.steering;

import dev.trimtab.openai.TokenLogprob;
import java.util.List;

/** What a steered answer consists of, in the order in which it may be sent. */
public sealed interface AnswerPart {
    /** The choice that the part belongs to, ≥ 0. */
    int choice();

    /**
     * Text that is decided.
     *
     * @param text whole characters, possibly none
     * @param logprobs one record per token that ends in this text
     */
    record Piece(int choice, String text, List<TokenLogprob> logprobs) implements AnswerPart {}

    /**
     * The end of a choice; nothing of it follows.
     *
     * @param finishReason {@code stop}, {@code length} or {@code content_filter}
     */
    record Closed(int choice, String finishReason, Report report) implements AnswerPart {}
}
