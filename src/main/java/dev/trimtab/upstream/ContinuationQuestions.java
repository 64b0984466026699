package dev.trimtab.upstream;

import dev.trimtab.model.Tokenizer;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.Json;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.Drafter.DraftOptions;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Questions about going on with an answer. Each way is tried by the very code that drafts: an answer at temperature 0 is
 * asked for behind its own first half, and must go on as it did.
 */
final class ContinuationQuestions {
    private static final int LENGTH = 14;

    /** How many tokens must come again. */
    private static final int COMPARED = 4;

    /** How far shown values may be from each other, nats. */
    private static final double NOISE = 0.1;

    private final ProbeCalls calls;
    private final Capabilities known;
    private final @Nullable Tokenizer tokenizer;
    private final UpstreamMeters meters = new UpstreamMeters(new CompositeMeterRegistry(), "probe");

    /**
     * @param known what was found before, with no continuation
     * @param tokenizer the upstream's, where it is known
     */
    ContinuationQuestions(ProbeCalls calls, Capabilities known, @Nullable Tokenizer tokenizer) {
        this.calls = calls;
        this.known = known;
        this.tokenizer = tokenizer;
    }

    /** Whether the prompt's token ids are told where they are asked for. */
    Seen<Boolean> promptIds() {
        ObjectNode body = calls.chat(ProbeCalls.STORY, 1, 0).put("return_token_ids", true);
        boolean told = calls.streamed(body).chunks().stream()
                .anyMatch(chunk -> !Drafter.promptIds(chunk).isEmpty());
        return new Seen<>(told, told ? "return_token_ids brought them." : "return_token_ids brought none.");
    }

    /** Whether {@code /completions} goes on behind the ids of a prompt and of half an answer. */
    Seen<Boolean> byTokenIds() {
        return goesOn(chat(), known.resumingBy(Continuation.TOKEN_IDS, true, Map.of()));
    }

    /** Whether a chat goes on with a last assistant message. */
    Seen<Boolean> byPrefill(Map<String, Boolean> fields) {
        return goesOn(chat(), known.resumingBy(Continuation.PREFILL, false, fields));
    }

    /**
     * Whether the answer to a chat that is written out goes on; and where the server itself has written it, whether it is
     * what the chat endpoint makes of it. A template that is built in was stated by somebody who knows better.
     */
    Seen<Boolean> byTemplate(Template template, Continuation way, boolean told) {
        Capabilities writing = known.resumingBy(way, told, Map.of()).writtenBy(template);
        Seen<Boolean> same = template.isServers() ? asTheChatEndpoint(writing) : new Seen<>(true, "");
        return Boolean.TRUE.equals(same.value()) ? goesOn(chat(), writing) : same;
    }

    /** Whether the answers to several turns are the same, and the prompts as long. */
    private Seen<Boolean> asTheChatEndpoint(Capabilities writing) {
        GenerationRequest chat = turns();
        ProbeAnswer plain = calls.streamed(chat.json().deepCopy());
        Drafter written = drafter(chat, writing);
        byte[] expected = plain.text().getBytes(StandardCharsets.UTF_8);
        byte[] came;
        try {
            came = bytes(draft(written, List.of(), LENGTH));
        } catch (ApiException unwritten) {
            if (ServerTokens.NOT_WRITTEN.equals(unwritten.code())) {
                return new Seen<>(false, String.valueOf(unwritten.getMessage()));
            }
            throw unwritten;
        }
        if (!Arrays.equals(came, expected)) {
            return new Seen<>(
                    false, "Written out, it is answered by " + quoted(came) + ", not " + quoted(expected) + ".");
        }
        boolean asLong = plain.prompt() <= 0 || written.promptTokens() == plain.prompt();
        String lengths = written.promptTokens() + " tokens written out, " + plain.prompt() + " in the chat.";
        return new Seen<>(asLong, lengths);
    }

    private GenerationRequest turns() {
        ObjectNode body = calls.chat("Hello.\n", LENGTH, 0);
        ArrayNode messages = (ArrayNode) body.get("messages");
        messages.addObject().put("role", "assistant").put("content", " Hello! How can I help you? ");
        messages.addObject().put("role", "user").put("content", ProbeCalls.STORY);
        return ChatRequest.parse(Json.bytes(body));
    }

    private Drafter drafter(GenerationRequest request, Capabilities way) {
        ServerTokens server =
                new ServerTokens(calls::post, request.json().path("model").stringValue(null), null);
        PromptWriter writer = PromptWriter.of(request, request.json(), way, tokenizer, server);
        return new Drafter(new DraftBody(request, request.json(), way), writer, calls::post, meters, null);
    }

    /** Whether {@code /completions} goes on behind a text. */
    Seen<Boolean> byText() {
        ObjectNode body = calls.completion(LENGTH, 0).put("prompt", "The old lighthouse stood");
        return goesOn(CompletionRequest.parse(Json.bytes(body)), known.resumingBy(Continuation.TEXT, false, Map.of()));
    }

    private GenerationRequest chat() {
        return ChatRequest.parse(Json.bytes(calls.chat(ProbeCalls.STORY, LENGTH, 0)));
    }

    private Seen<Boolean> goesOn(GenerationRequest request, Capabilities way) {
        Drafter drafter = drafter(request, way);
        List<Token> answer = draft(drafter, List.of(), LENGTH);
        if (answer.size() < 2 * COMPARED) {
            return Seen.unknown("An answer of " + answer.size() + " tokens is too short to compare.");
        }
        if (!way.resumesByText() && answer.stream().anyMatch(token -> token.id() == Token.NO_ID)) {
            return Seen.unknown("Tokens come without ids.");
        }
        int half = half(answer);
        byte[] expected = bytes(answer.subList(half, half + COMPARED));
        if (startsWith(bytes(answer), expected)) {
            return Seen.unknown("The answer's second half begins as the first.");
        }
        byte[] came = bytes(draft(drafter, answer.subList(0, half), answer.size() - half));
        String behind = "Behind " + quoted(bytes(answer.subList(0, half))) + " came " + quoted(came);
        return startsWith(came, expected)
                ? new Seen<>(true, behind + ", as in one go.")
                : new Seen<>(false, behind + ", where " + quoted(expected) + " was right.");
    }

    /** About the middle, before a word where there is one: a seam inside a word may be read as other tokens. */
    private static int half(List<Token> answer) {
        int middle = answer.size() / 2;
        for (int i = middle; i <= answer.size() - COMPARED; i++) {
            byte[] bytes = answer.get(i).bytes();
            if (bytes.length > 0 && bytes[0] == ' ') {
                return i;
            }
        }
        return Math.min(middle, answer.size() - COMPARED);
    }

    private List<Token> draft(Drafter drafter, List<Token> prefix, int tokens) {
        DraftOptions options = new DraftOptions(0, Truncation.NONE, tokens, null, Map.of());
        return calls.all(drafter.draft(prefix, options).ofType(DraftEvent.Drawn.class)).stream()
                .map(drawn -> drawn.step().drawn())
                .toList();
    }

    /**
     * Whether a prompt of token ids comes back with what is shown of drafts. It is asked for under a bias, which must be
     * shown of both or of neither.
     *
     * @param found with its continuation
     */
    Seen<Boolean> echoes(Capabilities found) {
        if (found.continuation() != Continuation.TOKEN_IDS || found.topLogprobs() == 0) {
            return new Seen<>(false, "Without candidates and a continuation by token ids it is of no use.");
        }
        Drafter drafter = drafter(chat(), found);
        List<Token> answer = draft(drafter, List.of(), COMPARED);
        if (answer.isEmpty() || answer.get(0).id() == Token.NO_ID) {
            return Seen.unknown("There is no answer of token ids to try.");
        }
        Map<Integer, Double> bias =
                found.biasEntries() == 0 ? Map.of() : Map.of(answer.get(0).id(), -1.5);
        DraftOptions options = new DraftOptions(0, Truncation.NONE, 1, null, bias);
        Flux<Step> drafts =
                drafter.draft(List.of(), options).ofType(DraftEvent.Drawn.class).map(DraftEvent.Drawn::step);
        List<Step> drafted = calls.all(drafts);
        List<Step> echoed = calls.all(drafter.echoed(answer, options).flatMapIterable(steps -> steps));
        if (echoed.isEmpty() || drafted.isEmpty()) {
            return new Seen<>(false, "The prompt did not come back with its log-probabilities.");
        }
        boolean same = alike(echoed.get(0).candidates(), drafted.get(0).candidates());
        return new Seen<>(same, "Its candidates are " + (same ? "" : "not ") + "those of a draft.");
    }

    private static boolean alike(Candidates echoed, Candidates drafted) {
        for (int i = 0; i < drafted.size() && i < COMPARED; i++) {
            int place = echoed.indexOf(drafted.token(i));
            if (place < 0 || Math.abs(echoed.logprob(place) - drafted.logprob(i)) > NOISE) {
                return false;
            }
        }
        return !drafted.isEmpty();
    }

    /** Whether the answer to a prefill repeats it. */
    Seen<Boolean> prefillComesBack(Map<String, Boolean> fields) {
        ObjectNode body = calls.chat(ProbeCalls.STORY, 4, 0);
        String prefill = "The old lighthouse";
        ((ArrayNode) body.get("messages")).addObject().put("role", "assistant").put("content", prefill);
        fields.forEach((field, value) -> DraftBody.putPrefill(body, field, value));
        String text = calls.streamed(body).text();
        return new Seen<>(
                text.startsWith(prefill), "The answer to " + Quoted.text(prefill) + " is " + Quoted.text(text) + ".");
    }

    /** Whether a prompt may be token ids: an answer to ids must go on behind itself. */
    Seen<Boolean> tokenArrays() {
        List<Token> answer = draftByIds(List.of());
        if (answer.size() < 2 * COMPARED || answer.stream().anyMatch(token -> token.id() == Token.NO_ID)) {
            return Seen.unknown("There are not enough token ids to try.");
        }
        List<Token> began = draftByIds(answer);
        if (began.size() < COMPARED) {
            return Seen.unknown("The answer to token ids is too short to compare.");
        }
        int half = COMPARED / 2;
        List<Token> longer = new ArrayList<>(answer);
        longer.addAll(began.subList(0, half));
        byte[] expected = bytes(began.subList(half, COMPARED));
        byte[] came = bytes(draftByIds(longer));
        boolean goesOn = startsWith(came, expected) && !startsWith(bytes(began), expected);
        return new Seen<>(
                goesOn,
                "Behind " + longer.size() + " ids came " + quoted(came) + ", expected " + quoted(expected) + ".");
    }

    private List<Token> draftByIds(List<Token> prompt) {
        ObjectNode body = calls.completion(2 * COMPARED, 0);
        if (prompt.isEmpty()) {
            body.put("prompt", "The old lighthouse stood");
        } else {
            ArrayNode ids = body.putArray("prompt");
            prompt.forEach(token -> ids.add(token.id()));
        }
        GenerationRequest request = CompletionRequest.parse(Json.bytes(body));
        return draft(drafter(request, known), List.of(), 2 * COMPARED);
    }

    private static boolean startsWith(byte[] whole, byte[] start) {
        return whole.length >= start.length && Arrays.equals(whole, 0, start.length, start, 0, start.length);
    }

    private static byte[] bytes(List<Token> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> bytes.writeBytes(token.bytes()));
        return bytes.toByteArray();
    }

    private static String quoted(byte[] bytes) {
        return Quoted.text(new String(bytes, StandardCharsets.UTF_8));
    }
}
