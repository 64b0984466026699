package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.token.Utf8;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An upstream that tells its template and its tokenizer, as llama.cpp's server does. Its tokens are bytes and two marks;
 * whatever it is asked it recites one text, and behind other words than its own it asks "?" and ends.
 */
public final class RecitingUpstream {
    public static final String TEXT = "Été à 東京 👩‍🚀: naïve, fin.";
    public static final int OPENS = 256;
    public static final int CLOSES = 257;

    private static final List<String> MARKS = List.of("<|opens|>", "<|closes|>");
    private static final AnswerHead HEAD = new AnswerHead("id", 0, "merging");
    private static final byte[] RECITED = TEXT.getBytes(StandardCharsets.UTF_8);
    private static final byte[] WRONG = {'?'};

    private final boolean merges;
    private final boolean trims;
    private final List<DraftCall> calls = new ArrayList<>();

    /**
     * @param merges whether a character of several tokens comes as one record with the last one's id, and in a draft that
     *     ends inside it not at all
     * @param trims whether the template trims contents
     */
    public RecitingUpstream(boolean merges, boolean trims) {
        this.merges = merges;
        this.trims = trims;
    }

    public static Capabilities capabilities(Continuation continuation, boolean tellsThatItMerges, Template template) {
        return new Capabilities(
                3,
                ShownLaw.RAW,
                Truncation.Order.TEMPERATURE_FIRST,
                continuation,
                false,
                0,
                EndRecords.NEVER,
                Map.of(),
                Map.of(),
                1,
                0,
                258,
                tellsThatItMerges,
                false,
                template,
                false);
    }

    public Upstream upstream(Capabilities capabilities) {
        URI nowhere = URI.create("http://127.0.0.1:9/v1");
        return new Upstream(
                UpstreamSettings.of("merging", nowhere, null, capabilities, null),
                new SimpleMeterRegistry(),
                this::answer);
    }

    /** What was asked, in order. */
    public List<DraftCall> calls() {
        return calls;
    }

    Flux<byte[]> answer(DraftCall call) {
        return Flux.defer(() -> {
            calls.add(call);
            JsonNode body = call.body();
            return switch (call.path()) {
                case "/../apply-template" ->
                    json(Json.mapper().createObjectNode().put("prompt", applied(body)));
                case "/../tokenize" -> json(tokens(body));
                case "/completions" -> recited(body, ids(body.path("prompt")));
                case "/chat/completions" -> recited(body, tokens(applied(body), true));
                default -> Flux.error(ApiException.invalid(null, call.path()));
            };
        });
    }

    private static Flux<byte[]> json(ObjectNode json) {
        return Flux.just(Json.bytes(json));
    }

    private String applied(JsonNode body) {
        StringBuilder prompt = new StringBuilder();
        JsonNode messages = body.path("messages");
        for (int i = 0; i < messages.size(); i++) {
            String role = messages.get(i).path("role").asString();
            String content = messages.get(i).path("content").asString();
            boolean open = i == messages.size() - 1 && role.equals("assistant");
            prompt.append("<|opens|>").append(role).append('\n').append(trims ? content.strip() : content);
            prompt.append(open ? "" : "<|closes|>");
        }
        boolean open = prompt.indexOf("<|closes|>", prompt.length() - 10) < 0;
        return prompt.append(open ? "" : "<|opens|>assistant\n").toString();
    }

    private static ObjectNode tokens(JsonNode body) {
        ObjectNode json = Json.mapper().createObjectNode();
        IntStream.of(tokens(
                        body.path("content").asString(""),
                        body.path("parse_special").asBoolean()))
                .forEach(json.putArray("tokens")::add);
        return json;
    }

    /** The ids of a text: its bytes, and the marks where they are obeyed. */
    static int[] tokens(String text, boolean specials) {
        IntStream.Builder ids = IntStream.builder();
        for (int i = 0; i < text.length(); ) {
            int at = i;
            String mark = specials
                    ? MARKS.stream()
                            .filter(one -> text.startsWith(one, at))
                            .findFirst()
                            .orElse("")
                    : "";
            String piece = mark.isEmpty() ? Character.toString(text.codePointAt(i)) : mark;
            if (mark.isEmpty()) {
                for (byte one : piece.getBytes(StandardCharsets.UTF_8)) {
                    ids.add(one & 0xff);
                }
            } else {
                ids.add(OPENS + MARKS.indexOf(mark));
            }
            i += piece.length();
        }
        return ids.build().toArray();
    }

    private static int[] ids(JsonNode prompt) {
        return prompt.isArray()
                ? prompt.valueStream().mapToInt(JsonNode::asInt).toArray()
                : tokens(prompt.asString(), true);
    }

    private Flux<byte[]> recited(JsonNode body, int[] prompt) {
        byte[] said = said(prompt);
        byte[] left = left(said);
        int limit = body.path("max_tokens").asInt(Integer.MAX_VALUE);
        List<byte[]> chunks = new ArrayList<>();
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        for (int i = 0; i < Math.min(limit, left.length); i++) {
            held.write(left[i]);
            if (!merges || Utf8.isWhole(held.toByteArray())) {
                chunks.add(chunk(held.toByteArray(), null));
                held.reset();
            }
        }
        chunks.add(chunk(null, limit < left.length ? "length" : "stop"));
        return Flux.fromIterable(chunks);
    }

    private static byte[] left(byte[] said) {
        int common = Arrays.mismatch(said, RECITED);
        if (common < 0 || common == said.length) {
            return Arrays.copyOfRange(RECITED, said.length, RECITED.length);
        }
        return said[said.length - 1] == WRONG[0] ? new byte[0] : WRONG;
    }

    /** What stands behind the opening of the last turn, if that is the assistant's. */
    private static byte[] said(int[] prompt) {
        int[] opening = tokens("<|opens|>assistant\n", true);
        for (int from = prompt.length - opening.length; from >= 0; from--) {
            if (Arrays.equals(prompt, from, from + opening.length, opening, 0, opening.length)) {
                ByteArrayOutputStream said = new ByteArrayOutputStream();
                for (int i = from + opening.length; i < prompt.length; i++) {
                    said.write(prompt[i]);
                }
                return said.toByteArray();
            }
        }
        throw new IllegalArgumentException("no turn of the assistant's");
    }

    private static byte[] chunk(byte @Nullable [] shown, @Nullable String reason) {
        List<TokenLogprob> records = shown == null ? null : List.of(record(shown));
        String text = shown == null ? "" : new String(shown, StandardCharsets.UTF_8);
        return Json.bytes(AnswerForm.CHAT.chunk(HEAD, new AnswerChoice(0, text, records, reason)));
    }

    private static TokenLogprob record(byte[] shown) {
        byte[] last = {shown[shown.length - 1]};
        List<TokenLogprob> top = List.of(
                new TokenLogprob("", last, last[0] & 0xff, Math.log(0.7), List.of()),
                new TokenLogprob("x", new byte[] {'x'}, 'x', Math.log(0.2), List.of()),
                new TokenLogprob("", new byte[] {(byte) 0xf0}, 0xf0, Math.log(0.1), List.of()));
        return new TokenLogprob("", shown, last[0] & 0xff, Math.log(0.7), top);
    }
}
