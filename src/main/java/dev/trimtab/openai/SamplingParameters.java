package dev.trimtab.openai;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about sampling; null where it says nothing.
 *
 * @param temperature 0..2
 * @param topP 0..1
 * @param topK an extension of several servers, ≥ −1; ≤ 0 is off
 * @param minP an extension of several servers, 0..1
 * @param n how many choices, ≥ 1
 * @param seed any integer
 * @param stop at most 4 strings before which an answer ends
 * @param maxTokens the most tokens to generate
 * @param presencePenalty −2..2
 * @param frequencyPenalty −2..2
 * @param logitBias nats by token id, −100..100
 * @param topLogprobs how many candidates the client wants per token; −1 where it wants no log-probabilities
 * @param stream whether the answer is streamed
 * @param includeUsage whether a stream ends with a chunk that has the usage
 */
public record SamplingParameters(
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        int n,
        @Nullable Long seed,
        List<String> stop,
        @Nullable Integer maxTokens,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        int topLogprobs,
        boolean stream,
        boolean includeUsage) {}
