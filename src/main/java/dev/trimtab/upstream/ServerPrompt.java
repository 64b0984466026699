package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.upstream.Capabilities.Template;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes prompts with the server's own template and tokenizer, so that they are what its own endpoints would make of them.
 * One difference is meant: with {@link Template#APPLY_TEMPLATE} a special token that somebody has typed into a message is
 * text, where the chat endpoint would obey it.
 */
final class ServerPrompt implements PromptWriter {
    /** What a piece of an answer is put behind: some tokenizers treat the start of a text apart. */
    private static final String BEFORE = "\n";

    private final Template template;
    private final ServerTokens server;

    ServerPrompt(Template template, ServerTokens server) {
        this.template = template;
        this.server = server;
    }

    @Override
    public Mono<WrittenPrompt> write(ObjectNode request) {
        if (!request.has("messages")) {
            String text = request.path("prompt").asString();
            return server.ofText(text, true, true).map(ids -> new WrittenPrompt(ids, text));
        }
        if (template == Template.TOKENIZE) {
            return server.ofChat(request).map(ids -> new WrittenPrompt(ids, ""));
        }
        return Mono.zip(server.prompt(request), holdsSpecials(request))
                .flatMap(both -> (both.getT2() ? apart(request, both.getT1()) : server.ofText(both.getT1(), true, true))
                        .map(ids -> new WrittenPrompt(ids, both.getT1())));
    }

    /** Whether anything in the messages is a special token of the server's. */
    private Mono<Boolean> holdsSpecials(ObjectNode request) {
        String contents = String.join("\n", contents(request.deepCopy(), content -> content));
        return Mono.zip(server.ofText(contents, false, true), server.ofText(contents, false, false))
                .map(both -> !Arrays.equals(both.getT1(), both.getT2()));
    }

    /**
     * The ids of a chat whose contents are split apart from what the template puts around them. Where they stand in the
     * prompt is found by having the template write names in their places that nobody can guess.
     */
    private Mono<int[]> apart(ObjectNode request, String prompt) {
        String name = UUID.randomUUID().toString().replace("-", "");
        ObjectNode named = request.deepCopy();
        List<String> contents = contents(named, content -> name);
        return server.prompt(named).map(frame -> List.of(frame.split(name, -1))).flatMap(frame -> Flux.fromIterable(
                        pieces(frame, contents, prompt))
                .index()
                .concatMap(piece -> server.ofText(piece.getT2(), piece.getT1() == 0, piece.getT1() % 2 == 0))
                .collectList()
                .map(all -> all.stream().flatMapToInt(IntStream::of).toArray()));
    }

    /** The template's own pieces and the contents in turns; some templates trim what they are given. */
    private static List<String> pieces(List<String> frame, List<String> contents, String prompt) {
        if (frame.size() == contents.size() + 1) {
            for (UnaryOperator<String> trim : List.<UnaryOperator<String>>of(UnaryOperator.identity(), String::strip)) {
                List<String> pieces = new ArrayList<>(List.of(frame.get(0)));
                for (int i = 0; i < contents.size(); i++) {
                    pieces.add(trim.apply(contents.get(i)));
                    pieces.add(frame.get(i + 1));
                }
                if (String.join("", pieces).equals(prompt)) {
                    return pieces;
                }
            }
        }
        throw ApiException.invalid(
                "messages",
                "messages: a special token of the model (expected: text without any, on a steered request)");
    }

    /** The texts in the messages, each replaced. */
    private static List<String> contents(ObjectNode chat, UnaryOperator<String> replacement) {
        List<String> contents = new ArrayList<>();
        for (JsonNode message : chat.path("messages")) {
            replace(message, "content", replacement, contents);
            for (JsonNode part : message.path("content")) {
                replace(part, "text", replacement, contents);
            }
        }
        return contents;
    }

    private static void replace(
            JsonNode holder, String field, UnaryOperator<String> replacement, List<String> contents) {
        if (holder instanceof ObjectNode object && object.path(field).isString()) {
            contents.add(object.path(field).asString());
            object.put(field, replacement.apply(object.path(field).asString()));
        }
    }

    @Override
    public Mono<int[]> spell(String text) {
        return Mono.zip(server.ofText(BEFORE + text, false, false), server.ofText(BEFORE, false, false))
                .map(both -> {
                    int[] whole = both.getT1();
                    int[] before = both.getT2();
                    boolean apart = whole.length > before.length
                            && Arrays.equals(whole, 0, before.length, before, 0, before.length);
                    return apart ? Arrays.copyOfRange(whole, before.length, whole.length) : new int[0];
                });
    }
}
