package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.token.Utf8;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Drafts one choice of an answer, call by call. Confined to that choice: one call at a time, except for whole drafts. */
public final class Drafter {
    private static final int[] NONE = {};

    private final DraftBody body;
    private final @Nullable PromptWriter writer;
    private final Map<String, int[]> spelled = new HashMap<>();
    private final Function<DraftCall, Flux<byte[]>> post;
    private final UpstreamMeters meters;
    private final @Nullable String authorization;
    private final CutPause pause;
    private volatile int[] promptIds;
    private @Nullable WrittenPrompt written;

    /** @param writer writes the prompt out, or null where it goes upstream as it came */
    Drafter(
            DraftBody body,
            @Nullable PromptWriter writer,
            Function<DraftCall, Flux<byte[]>> post,
            UpstreamMeters meters,
            @Nullable String authorization) {
        this.body = body;
        this.writer = writer;
        this.post = post;
        this.meters = meters;
        this.authorization = authorization;
        this.pause = new CutPause(body.isCutLate());
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
            return prepared(prefix)
                    .then(Mono.defer(pause::over))
                    .thenMany(Flux.defer(() -> chunks(call(prefix, options))))
                    .concatMapIterable(reading::events)
                    .transform(pause::watched)
                    .transform(events -> meters.drafted(events, event -> event))
                    .concatWith(Flux.defer(() -> reading.over() ? Flux.empty() : Flux.error(brokenOff())));
        });
    }

    /**
     * Lets the upstream write whole drafts in one call, each to its own end; how many come is the upstream's decision.
     *
     * @param count how many are asked for, ≥ 1
     * @return their events, interleaved as the upstream sends them
     */
    public Flux<NumberedEvent> drafts(int count, DraftOptions options) {
        return Flux.defer(() -> {
            Map<Integer, DraftReading> readings = new LinkedHashMap<>();
            return prepared(List.of())
                    .thenMany(Flux.defer(() -> chunks(times(count, call(List.of(), options)))))
                    .concatMapIterable(chunk -> numbered(chunk, readings))
                    .transform(events -> meters.drafted(events, NumberedEvent::event))
                    .concatWith(Flux.defer(() -> over(readings) ? Flux.empty() : Flux.error(brokenOff())));
        });
    }

    private static List<NumberedEvent> numbered(AnswerChunk chunk, Map<Integer, DraftReading> readings) {
        List<NumberedEvent> events = new ArrayList<>();
        for (AnswerChunk.Choice choice : chunk.choices()) {
            DraftReading reading = readings.computeIfAbsent(choice.index(), index -> new DraftReading());
            reading.events(new AnswerChunk(List.of(choice), null, chunk.json()))
                    .forEach(event -> events.add(new NumberedEvent(choice.index(), event)));
        }
        if (chunk.usage() != null) {
            events.add(new NumberedEvent(0, new DraftEvent.Counted(chunk.usage())));
        }
        return events;
    }

    private static boolean over(Map<Integer, DraftReading> readings) {
        return !readings.isEmpty() && readings.values().stream().allMatch(DraftReading::over);
    }

    /** The candidates of the step behind a prefix, read from a whole answer of one token whose draw is ignored. */
    public Mono<Candidates> reread(List<Token> prefix, DraftOptions options) {
        return prepared(prefix)
                .thenMany(Flux.defer(() -> chunks(whole(call(prefix, options.limitedTo(1))))))
                .concatMapIterable(new DraftReading()::events)
                .ofType(DraftEvent.Drawn.class)
                .next()
                .map(drawn -> drawn.step().candidates())
                .defaultIfEmpty(Candidates.NONE);
    }

    /**
     * What the upstream shows of an answer that it reads as a part of its prompt.
     *
     * @param answer tokens with ids
     * @return the steps of the answer's tokens and of the one behind them, or nothing where it does not show them
     */
    Mono<List<Step>> echoed(List<Token> answer, DraftOptions options) {
        Mono<Void> prompt = prepared(List.of())
                .then(Mono.defer(() -> promptIds.length > 0
                        ? Mono.empty()
                        : draft(List.of(), options.limitedTo(1)).then()));
        return prompt.thenMany(Flux.defer(() -> chunks(echoing(whole(call(answer, options.limitedTo(1)))))))
                .concatMapIterable(new DraftReading()::events)
                .ofType(DraftEvent.Drawn.class)
                .map(DraftEvent.Drawn::step)
                .collectList()
                .mapNotNull(all -> Echo.steps(all, promptIds.length, answer));
    }

    private static DraftCall echoing(DraftCall call) {
        call.body().put("echo", true);
        return call;
    }

    private Flux<AnswerChunk> chunks(DraftCall call) {
        return post.apply(new DraftCall(call.path(), call.body(), authorization))
                .map(EventStream::chunk)
                .doOnNext(this::learnPromptIds)
                .transform(meters::called);
    }

    private static DraftCall times(int count, DraftCall call) {
        if (count > 1) {
            call.body().put("n", count);
        }
        return call;
    }

    private static DraftCall whole(DraftCall streamed) {
        streamed.body().put("stream", false).remove("stream_options");
        return streamed;
    }

    /** Finds out what a call needs to know before it is made: the prompt written out, and the ids of merged tokens. */
    private Mono<Void> prepared(List<Token> prefix) {
        PromptWriter asked = writer;
        if (asked == null) {
            return Mono.empty();
        }
        Mono<Void> prompt = written != null
                ? Mono.empty()
                : asked.write(body.request()).doOnNext(this::learn).then();
        if (!body.resumesByIds()) {
            return prompt;
        }
        return prompt.thenMany(Flux.fromIterable(List.copyOf(prefix)))
                .filter(this::mayBeMerged)
                .map(Utf8::text)
                .filter(text -> !spelled.containsKey(text))
                .concatMap(text -> asked.spell(text).doOnNext(ids -> spelled.put(text, ids)))
                .then();
    }

    private void learn(WrittenPrompt prompt) {
        written = prompt;
        if (body.resumesByIds() && prompt.ids().length > 0) {
            promptIds = prompt.ids();
        }
    }

    /** A merged record has a whole character, and tells no id or, where nobody can see that it is merged, its last. */
    private boolean mayBeMerged(Token token) {
        boolean suspicious = token.id() == Token.NO_ID || (body.mergesRecords() && !isAscii(token));
        return suspicious && Utf8.isWhole(token.bytes());
    }

    private static boolean isAscii(Token token) {
        for (byte one : token.bytes()) {
            if (one < 0) {
                return false;
            }
        }
        return true;
    }

    private int[] ids(List<Token> prefix) {
        return prefix.stream().flatMapToInt(this::ids).toArray();
    }

    /** The ids of one of the answer's tokens: more than one where it was merged. */
    private IntStream ids(Token token) {
        int[] all = mayBeMerged(token) ? spelled.getOrDefault(Utf8.text(token), NONE) : NONE;
        if (token.id() != Token.NO_ID) {
            boolean merged = all.length > 1 && all[all.length - 1] == token.id();
            return merged ? IntStream.of(all) : IntStream.of(token.id());
        }
        if (all.length == 0) {
            throw new ApiException(
                    ErrorKind.UPSTREAM_FAILED,
                    "The upstream did not tell the ids of its answer's tokens, without which it cannot be resumed"
                            + " (expected: an id in every record; set its capability continuation to prefill otherwise).");
        }
        return IntStream.of(all);
    }

    private DraftCall call(List<Token> prefix, DraftOptions options) {
        if (written != null && body.resumesByIds() && promptIds.length > 0) {
            return body.byIds(promptIds, ids(prefix), options);
        }
        if (prefix.isEmpty() || !body.resumesByIds()) {
            return written == null ? body.byText(prefix, options) : body.byWritten(written.text(), prefix, options);
        }
        if (promptIds.length == 0) {
            throw new ApiException(
                    ErrorKind.UPSTREAM_FAILED,
                    "The upstream did not tell the prompt's token ids, without which its answer cannot be resumed"
                            + " (expected: prompt_token_ids; set its capability continuation to prefill otherwise).");
        }
        return body.byIds(promptIds, ids(prefix), options);
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
     * What one of several drafts brings.
     *
     * @param draft its index, ≥ 0; 0 for what belongs to the call
     */
    public record NumberedEvent(int draft, DraftEvent event) {}

    /**
     * What one draft states of its sampling.
     *
     * @param temperature ≥ 0
     * @param truncation what the client asked to be cut; neutral parts are stated, too
     * @param maxTokens the most tokens to draft, or null to leave it to the upstream
     * @param seed the call's own seed, or null
     * @param bias pushed bias, nats by token id
     * @param showsDrawn whether to show what is drawn from, of an upstream that does so when it is asked
     */
    public record DraftOptions(
            double temperature,
            Truncation truncation,
            @Nullable Integer maxTokens,
            @Nullable Integer seed,
            Map<Integer, Double> bias,
            boolean showsDrawn) {

        /** Of one that shows what it always shows. */
        public DraftOptions(
                double temperature,
                Truncation truncation,
                @Nullable Integer maxTokens,
                @Nullable Integer seed,
                Map<Integer, Double> bias) {
            this(temperature, truncation, maxTokens, seed, bias, false);
        }

        /** The same for a draft of at most so many tokens. */
        public DraftOptions limitedTo(int tokens) {
            return new DraftOptions(temperature, truncation, tokens, seed, bias, showsDrawn);
        }

        /** The same with more bias. */
        public DraftOptions with(Map<Integer, Double> more) {
            Map<Integer, Double> both = new LinkedHashMap<>(bias);
            both.putAll(more);
            return new DraftOptions(temperature, truncation, maxTokens, seed, both, showsDrawn);
        }
    }
}
