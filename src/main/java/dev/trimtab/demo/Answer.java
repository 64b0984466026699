package dev.trimtab.demo;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** The answer to one request: its choices, and how they are written down, whole or in chunks. */
final class Answer {
    private final DemoModel model;
    private final Ask ask;
    private final AnswerHead head;
    private final List<Generation> choices;
    private final int[] charactersSent;
    private final BitSet started = new BitSet();

    Answer(DemoModel model, Ask ask, AnswerHead head, List<Generation> choices) {
        this.model = model;
        this.ask = ask;
        this.head = head;
        this.choices = choices;
        this.charactersSent = new int[choices.size()];
    }

    Mono<ObjectNode> whole(Pace pace) {
        return Flux.fromIterable(choices)
                .flatMapSequential(choice -> pace.write(choice).collectList(), choices.size())
                .map(this::joined)
                .collectList()
                .map(joined -> withTokenIds(ask.form().whole(head, joined, usage())));
    }

    private AnswerChoice joined(List<AnswerChoice> deltas) {
        AnswerChoice last = deltas.get(deltas.size() - 1);
        String text = deltas.stream()
                .map(AnswerChoice::text)
                .collect(Collectors.joining("", ask.repeated() + echo(last.index()), ""));
        return new AnswerChoice(last.index(), text, joinedLogprobs(deltas), last.finishReason());
    }

    private @Nullable List<TokenLogprob> joinedLogprobs(List<AnswerChoice> deltas) {
        if (ask.sampling().topLogprobs() < 0) {
            return null;
        }
        List<TokenLogprob> records = new ArrayList<>();
        for (AnswerChoice delta : deltas) {
            List<TokenLogprob> added = delta.logprobs();
            records.addAll(added == null ? List.of() : added);
        }
        return records;
    }

    /** The whole answer as the chunks of a stream. */
    Flux<ObjectNode> chunks(Pace pace) {
        Flux<ObjectNode> opening = Flux.range(0, opens() ? choices.size() : 0).map(this::opening);
        Flux<ObjectNode> closing = ask.sampling().includeUsage()
                ? Flux.defer(() -> Flux.just(ask.form().usage(head, usage())))
                : Flux.empty();
        return Flux.concat(opening, pace.write(choices).map(this::chunk), closing);
    }

    /** True where a choice's first chunk says something before its first token. */
    private boolean opens() {
        return ask.isChat() || ask.echo() || ask.tokenIds();
    }

    private ObjectNode opening(int choice) {
        ObjectNode chunk = ask.isChat()
                ? ask.form().first(head, choice)
                : ask.form().chunk(head, new AnswerChoice(choice, echo(choice), null, null));
        return withTokenIds(chunk);
    }

    private ObjectNode chunk(AnswerChoice delta) {
        ObjectNode chunk = ask.form().chunk(head, begun(delta), charactersSent[delta.index()]);
        List<TokenLogprob> records = delta.logprobs();
        if (records != null) {
            records.forEach(
                    record -> charactersSent[delta.index()] += record.token().length());
        }
        return chunk;
    }

    /** A choice's first text comes together with what it repeats. */
    private AnswerChoice begun(AnswerChoice delta) {
        if (started.get(delta.index())) {
            return delta;
        }
        started.set(delta.index());
        return new AnswerChoice(delta.index(), ask.repeated() + delta.text(), delta.logprobs(), delta.finishReason());
    }

    private String echo(int choice) {
        return ask.echo() ? new String(model.decode(ask.prompt(choice)), StandardCharsets.UTF_8) : "";
    }

    private Usage usage() {
        int prompts = ask.prompts().stream().mapToInt(prompt -> prompt.length).sum();
        return new Usage(
                prompts, choices.stream().mapToInt(Generation::generated).sum());
    }

    /** Adds the prompt's ids where the client wants them: beside a chat's choices, in each of a completion's. */
    private ObjectNode withTokenIds(ObjectNode json) {
        if (ask.tokenIds() && ask.form() == AnswerForm.CHAT) {
            put(json, ask.prompt(0));
        } else if (ask.tokenIds()) {
            json.path("choices")
                    .forEach(choice -> put(
                            (ObjectNode) choice, ask.prompt(choice.path("index").asInt())));
        }
        return json;
    }

    private static void put(ObjectNode json, int[] prompt) {
        Arrays.stream(prompt).forEach(json.putArray("prompt_token_ids")::add);
    }
}
