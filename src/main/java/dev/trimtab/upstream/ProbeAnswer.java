package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An answer as a probe reads it: its first choice, streamed or whole. */
record ProbeAnswer(List<AnswerChunk> chunks) {
    ProbeAnswer {
        if (chunks.stream().allMatch(chunk -> chunk.choices().isEmpty())) {
            throw new ApiException(ErrorKind.UPSTREAM_FAILED, "an answer without a choice");
        }
    }

    List<TokenLogprob> records() {
        return choice(0)
                .flatMap(choice -> choice.logprobs() == null ? Stream.of() : choice.logprobs().stream())
                .toList();
    }

    String text() {
        return text(0);
    }

    String text(int index) {
        return choice(index)
                .map(AnswerChunk.Choice::text)
                .filter(Objects::nonNull)
                .collect(Collectors.joining());
    }

    /** The first token; its text alone where there is no record, none where the answer is empty. */
    TokenLogprob drawn() {
        List<TokenLogprob> records = records();
        return records.isEmpty()
                ? new TokenLogprob(text(), text().getBytes(StandardCharsets.UTF_8), -1, -9999, List.of())
                : records.get(0);
    }

    boolean stopped() {
        return choice(0).anyMatch(choice -> "stop".equals(choice.finishReason()));
    }

    Set<Integer> indices() {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .map(AnswerChunk.Choice::index)
                .collect(Collectors.toSet());
    }

    /** How many tokens the upstream counted, or −1 where it does not say. */
    int counted() {
        return chunks.stream()
                .map(AnswerChunk::usage)
                .filter(Objects::nonNull)
                .mapToInt(Usage::completionTokens)
                .max()
                .orElse(-1);
    }

    /** How many tokens the upstream counted of the prompt, or −1 where it does not say. */
    int prompt() {
        return chunks.stream()
                .map(AnswerChunk::usage)
                .filter(Objects::nonNull)
                .mapToInt(Usage::promptTokens)
                .max()
                .orElse(-1);
    }

    /** A field beside the choices, or an empty text. */
    String field(String name) {
        return chunks.get(0).json().path(name).asString("");
    }

    private Stream<AnswerChunk.Choice> choice(int index) {
        return chunks.stream().flatMap(chunk -> chunk.choices().stream()).filter(choice -> choice.index() == index);
    }
}
