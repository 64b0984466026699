package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Drafts one choice of an answer, call by call. Confined to that choice: one call at a time. */
public final class Drafter {
    private final DraftBody body;
    private final Function<DraftCall, Flux<byte[]>> post;
    private final UpstreamMeters meters;
    private final @Nullable String authorization;
    private int[] promptIds;

    Drafter(
            DraftBody body,
            Function<DraftCall, Flux<byte[]>> post,
            UpstreamMeters meters,
            @Nullable String authorization) {
        this.body = body;
        this.post = post;
        this.meters = meters;
        this.authorization = authorization;
        this.promptIds = body.givenPromptIds();
    }

    /** How many tokens the prompt has, or 0 where the upstream has not told yet. */
    public int promptTokens() {
        return promptIds.length;
    }

    /**
     * Lets the upstream draft behind a prefix. Cancelling stops the upstream.
     *
     * @param prefix the answer's tokens so far
     */
    public Flux<DraftEvent> draft(List<Token> prefix, DraftOptions options) {
        return Flux.defer(() -> {
            DraftReading reading = new DraftReading();
            return chunks(call(prefix, options))
                    .concatMapIterable(reading::events)
                    .transform(meters::drafted)
                    .concatWith(Flux.defer(() -> reading.over() ? Flux.empty() : Flux.error(brokenOff())));
        });
    }

    /** The candidates of the step behind a prefix, read from a whole answer of one token whose draw is ignored. */
    public Mono<Candidates> reread(List<Token> prefix, DraftOptions options) {
        return Mono.defer(() -> {
            DraftCall streamed = call(prefix, options.limitedTo(1));
            streamed.body().put("stream", false).remove("stream_options");
            return chunks(streamed)
                    .concatMapIterable(new DraftReading()::events)
                    .ofType(DraftEvent.Drawn.class)
                    .next()
                    .map(drawn -> drawn.step().candidates())
                    .defaultIfEmpty(Candidates.NONE);
        });
    }

    private Flux<AnswerChunk> chunks(DraftCall call) {
        return post.apply(new DraftCall(call.path(), call.body(), authorization))
                .map(EventStream::chunk)
                .doOnNext(this::learnPromptIds)
                .transform(meters::called);
    }

    private DraftCall call(List<Token> prefix, DraftOptions options) {
        if (prefix.isEmpty() || !body.resumesByIds()) {
            return body.byText(prefix, options);
        }
        if (promptIds.length == 0) {
            throw new ApiException(
                    ErrorKind.UPSTREAM_FAILED,
                    "The upstream did not tell the prompt's token ids, without which its answer cannot be resumed"
                            + " (expected: prompt_token_ids; set its capability continuation to prefill otherwise).");
        }
        if (prefix.stream().anyMatch(token -> token.id() == Token.NO_ID)) {
            throw new ApiException(
                    ErrorKind.UPSTREAM_FAILED,
                    "The upstream did not tell the ids of its answer's tokens, without which it cannot be resumed"
                            + " (expected: an id in every record; set its capability continuation to prefill otherwise).");
        }
        return body.byIds(promptIds, prefix, options);
    }

    private void learnPromptIds(AnswerChunk chunk) {
        if (promptIds.length > 0) {
            return;
        }
        promptIds = promptIds(chunk).stream().mapToInt(Integer::intValue).toArray();
    }

    /** The prompt's token ids as a chunk tells them, or none. */
    static List<Integer> promptIds(AnswerChunk chunk) {
        JsonNode ids = chunk.json().path("prompt_token_ids");
        JsonNode told =
                ids.isArray() ? ids : chunk.json().path("choices").path(0).path("prompt_token_ids");
        return told.valueStream().allMatch(id -> id.isInt() && id.intValue() >= 0)
                ? told.valueStream().map(JsonNode::intValue).toList()
                : List.of();
    }

    private static ApiException brokenOff() {
        return new ApiException(ErrorKind.UPSTREAM_FAILED, "The upstream's answer broke off before its end.");
    }

    /**
     * What one draft states of its sampling.
     *
     * @param temperature ≥ 0
     * @param truncation what the client asked to be cut; neutral parts are stated, too
     * @param maxTokens the most tokens to draft, or null to leave it to the upstream
     * @param seed the call's own seed, or null
     * @param bias pushed bias, nats by token id
     */
    public record DraftOptions(
            double temperature,
            Truncation truncation,
            @Nullable Integer maxTokens,
            @Nullable Integer seed,
            Map<Integer, Double> bias) {

        /** The same for a draft of at most so many tokens. */
        public DraftOptions limitedTo(int tokens) {
            return new DraftOptions(temperature, truncation, tokens, seed, bias);
        }

        /** The same for a draft of one token, with more bias. */
        public DraftOptions forOneWith(Map<Integer, Double> more) {
            Map<Integer, Double> both = new LinkedHashMap<>(bias);
            both.putAll(more);
            return new DraftOptions(temperature, truncation, 1, seed, both);
        }
    }
}
