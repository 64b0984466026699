package dev.trimtab.demo;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.Sse;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes one job's answer, streamed or whole. */
final class DemoAnswers {
    private final Job job;
    private final DemoModel model;
    private final AnswerHead head;
    private final Set<Integer> opened = new HashSet<>();
    private int completionTokens;

    DemoAnswers(Job job, DemoModel model) {
        this.job = job;
        this.model = model;
        boolean chat = job.form() == AnswerForm.CHAT;
        this.head = new AnswerHead(
                (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID().toString().replace("-", ""),
                System.currentTimeMillis() / 1000,
                "demo");
    }

    /** One event per token. */
    Flux<byte[]> streamed(Flux<AnswerChoice> parts) {
        return parts.concatMapIterable(this::events)
                .concatWith(Flux.defer(() -> Flux.fromIterable(ending())))
                .map(event -> Sse.data(Json.bytes(event)))
                .concatWithValues(Sse.done());
    }

    private List<ObjectNode> events(AnswerChoice part) {
        count(part);
        List<ObjectNode> events = new ArrayList<>();
        if (opened.add(part.index())) {
            if (job.form() == AnswerForm.CHAT) {
                events.add(told(job.form().first(head, part.index())));
            } else {
                events.add(told(job.form().chunk(head, echoed(part))));
                return events;
            }
        }
        events.add(job.form().chunk(head, part));
        return events;
    }

    private List<ObjectNode> ending() {
        return job.sampling().includeUsage() ? List.of(job.form().usage(head, usage())) : List.of();
    }

    Mono<byte[]> whole(Flux<AnswerChoice> parts) {
        return parts.collectList().map(all -> {
            all.forEach(this::count);
            List<AnswerChoice> choices = new ArrayList<>();
            for (int i = 0; i < job.prompts().size() * job.sampling().n(); i++) {
                choices.add(joined(i, all));
            }
            return Json.bytes(told(job.form().whole(head, choices, usage())));
        });
    }

    private AnswerChoice joined(int index, List<AnswerChoice> parts) {
        StringBuilder text = new StringBuilder(job.echo(index / job.sampling().n(), model));
        List<TokenLogprob> records = new ArrayList<>();
        String finishReason = null;
        for (AnswerChoice part : parts) {
            if (part.index() == index) {
                text.append(part.text());
                List<TokenLogprob> more = part.logprobs();
                records.addAll(more == null ? List.of() : more);
                finishReason = part.finishReason();
            }
        }
        return new AnswerChoice(index, text.toString(), wanted(records), finishReason);
    }

    private @Nullable List<TokenLogprob> wanted(List<TokenLogprob> records) {
        return job.sampling().topLogprobs() < 0 ? null : records;
    }

    private AnswerChoice echoed(AnswerChoice part) {
        String echo = job.echo(part.index() / job.sampling().n(), model);
        return new AnswerChoice(part.index(), echo + part.text(), part.logprobs(), part.finishReason());
    }

    /** Adds the prompt's token ids where the client asked for them. */
    private ObjectNode told(ObjectNode answer) {
        if (!job.tellsPromptIds()) {
            return answer;
        }
        boolean chat = job.form() == AnswerForm.CHAT;
        ObjectNode choice = (ObjectNode) answer.path("choices").get(0);
        int prompt = choice.path("index").asInt() / job.sampling().n();
        ArrayNode ids = (chat ? answer : choice).putArray("prompt_token_ids");
        for (int id : job.prompts().get(prompt)) {
            ids.add(id);
        }
        return answer;
    }

    private void count(AnswerChoice part) {
        boolean isEnd = "stop".equals(part.finishReason()) && part.text().isEmpty();
        completionTokens += isEnd ? 0 : 1;
    }

    private Usage usage() {
        return new Usage(job.promptTokens(), completionTokens);
    }
}
