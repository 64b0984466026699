package dev.trimtab.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One choice of an answer, or what a chunk adds to it. */
public record AnswerChoice(
        int index,
        String text,
        @Nullable List<TokenLogprob> logprobs,
        @Nullable String finishReason) {}
