package dev.trimtab.gateway;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.openai.Sse;
import dev.trimtab.openai.Usage;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * One steered answer as server-sent events: a chunk per part as it is decided, then what was asked for at the end.
 *
 * <p>A failure before the first event is an error answer; after it, an event without {@code [DONE]} behind it.
 */
final class SteeredStream {
    /** The longest silence between two events. */
    private static final Duration PING_AFTER = Duration.ofSeconds(10);

    private final AnswerForm form;
    private final AnswerHead head;
    private final SamplingParameters sampling;
    private final SteeredChoices choices;
    private final Set<Integer> begun = new HashSet<>();

    private SteeredStream(AnswerForm form, AnswerHead head, SamplingParameters sampling, SteeredChoices choices) {
        this.form = form;
        this.head = head;
        this.sampling = sampling;
        this.choices = choices;
    }

    static Mono<ServerResponse> of(
            Flux<AnswerPart> parts,
            SteeredChoices choices,
            AnswerForm form,
            AnswerHead head,
            SamplingParameters sampling,
            Policy policy,
            Explanation explanation) {
        SteeredStream stream = new SteeredStream(form, head, sampling, choices);
        Flux<byte[]> events = parts.concatMapIterable(stream::chunks)
                .concatWith(Flux.defer(() -> Flux.fromIterable(stream.last(policy, explanation))))
                .map(chunk -> Sse.data(Json.bytes(chunk)))
                .concatWith(Mono.fromSupplier(Sse::done))
                .switchOnFirst((first, all) -> first.isOnError() ? all : all.onErrorResume(SteeredStream::failure));
        return ServerResponse.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .header("cache-control", "no-cache")
                .body((message, context) ->
                        FlushedBody.write(message, withPings(events).map(message.bufferFactory()::wrap)));
    }

    private List<ObjectNode> chunks(AnswerPart part) {
        int sent = choices.length(part.choice());
        choices.add(part);
        List<ObjectNode> chunks = new ArrayList<>();
        if (form == AnswerForm.CHAT && begun.add(part.choice())) {
            chunks.add(form.first(head, part.choice()));
        }
        chunks.add(form.chunk(head, delta(part), sent));
        return chunks;
    }

    private AnswerChoice delta(AnswerPart part) {
        if (part instanceof AnswerPart.Piece piece) {
            return new AnswerChoice(
                    piece.choice(), piece.text(), sampling.topLogprobs() >= 0 ? piece.logprobs() : null, null);
        }
        return new AnswerChoice(part.choice(), "", null, ((AnswerPart.Closed) part).finishReason());
    }

    /** The chunk behind the last choice's, where there is something to say. */
    private List<ObjectNode> last(Policy policy, Explanation explanation) {
        Usage usage = sampling.includeUsage() ? choices.usage() : null;
        boolean reported = explanation != Explanation.NONE || choices.latched();
        if (usage == null && !reported) {
            return List.of();
        }
        ObjectNode chunk = form.usage(head, usage == null ? new Usage(0, 0) : usage);
        if (usage == null) {
            chunk.remove("usage");
        }
        if (reported) {
            chunk.set("trimtab", choices.report(policy));
        }
        return List.of(chunk);
    }

    private static Mono<byte[]> failure(Throwable failure) {
        return Mono.just(Sse.data(ErrorAnswers.classified(failure).body()));
    }

    private static Flux<byte[]> withPings(Flux<byte[]> events) {
        return events.publish(shared -> Flux.merge(
                shared,
                shared.switchMap(event ->
                                Flux.interval(PING_AFTER).onBackpressureDrop().map(tick -> Sse.ping()))
                        .takeUntilOther(shared.ignoreElements())));
    }
}
