package dev.trimtab.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Holds what is read, written and refused against calls that were recorded from the real API. */
class RecordedCallsTest {
    /**
     * Refusals that depend on the model, its length or the day of the recording: a model that lacks a feature, two
     * fields that only some models take together.
     */
    private static final Pattern NOT_OURS = Pattern.compile("not supported with this model|does not support"
            + "|This model|maximum context length|^Unrecognized request argument|only allowed when 'store'"
            + "|at the same time is not supported|Only \\['text'\\]|^Invalid image URL|Content blocks are expected"
            + "|you must provide a model|^The model `|^\\[\\{'type'");

    /** Lists of supported values, which have grown since. */
    private static final Pattern OUTGROWN = Pattern.compile(" Supported values are: .*");

    /** What the real API says beyond what {@link AnswerForm} writes; the recording's sanitiser added some of it. */
    private static final Set<String> EXTRA = Set.of(
            "service_tier", "system_fingerprint", "annotations", "prompt_tokens_details", "completion_tokens_details");

    private static final List<Call> CALLS = new ArrayList<>();

    private record Call(ObjectNode request, int status, JsonNode answer) {
        byte[] body() {
            return Json.bytes(request);
        }
    }

    @BeforeAll
    static void read() {
        for (JsonNode call : SharedFiles.recordings()) {
            if (call.at("/scenario/requestBody") instanceof ObjectNode request && call.hasNonNull("response")) {
                JsonNode response = call.path("response");
                CALLS.add(new Call(request, response.path("status").intValue(), response.path("body")));
            }
        }
    }

    @Test
    void parse_requestThatWasAnswered_isAccepted() {
        List<Call> answered = CALLS.stream().filter(call -> call.status == 200).toList();
        assertThat(answered).hasSizeGreaterThan(500);
        assertThat(answered).allSatisfy(call -> assertThatCode(() -> ChatRequest.parse(call.body()))
                .as(call.request.toString())
                .doesNotThrowAnyException());
    }

    @Test
    void parse_requestThatWasRefused_isRefusedInTheSameWords() {
        List<Call> refused = CALLS.stream()
                .filter(call -> call.status == 400)
                .filter(call -> call.request.path("top_logprobs").intValue(0) <= 20)
                .filter(call -> !NOT_OURS.matcher(message(call)).find())
                .toList();
        assertThat(refused).hasSizeGreaterThan(300);
        SoftAssertions softly = new SoftAssertions();
        refused.forEach(call ->
                softly.assertThat(refusal(call)).as(call.request.toString()).isEqualTo(expected(call)));
        softly.assertAll();
    }

    @Test
    void parse_anyRecordedRequest_isReadOrRefused() {
        CALLS.stream().filter(call -> call.status == 400).forEach(call -> {
            ApiException refusal = catchThrowableOfType(ApiException.class, () -> ChatRequest.parse(call.body()));
            assertThat(refusal == null || refusal.kind() == ErrorKind.INVALID_REQUEST)
                    .isTrue();
        });
    }

    @Test
    void parse_answers_keepsEveryField() {
        answers()
                .forEach(answer ->
                        assertThat(AnswerChunk.parse(Json.bytes(answer)).json()).isEqualTo(answer));
    }

    @Test
    void answers_fitTheTable() {
        assertThat(answers()).allSatisfy(answer -> {
            boolean whole = answer.path("object").stringValue().equals("chat.completion");
            assertThatCode(() -> (whole ? AnswerShapes.CHAT : AnswerShapes.CHAT_CHUNK).check(answer))
                    .doesNotThrowAnyException();
        });
    }

    @Test
    void write_whatWasRead_givesTheSameAnswer() {
        List<ObjectNode> ours =
                answers().stream().filter(RecordedCallsTest::isTextOnly).toList();
        assertThat(ours).hasSizeGreaterThan(900);
        ours.forEach(answer -> assertThat(rewritten(answer).equals(RecordedCallsTest::compare, plain(answer)))
                .as("%s, rewritten as %s", answer, rewritten(answer))
                .isTrue());
    }

    private static String expected(Call call) {
        JsonNode error = call.answer.path("error");
        return said(
                message(call),
                error.path("param").stringValue(null),
                error.path("code").stringValue(null));
    }

    private static String refusal(Call call) {
        ApiException refusal = catchThrowableOfType(ApiException.class, () -> ChatRequest.parse(call.body()));
        return refusal == null ? "accepted" : said(refusal.getMessage(), refusal.param(), refusal.code());
    }

    private static String said(String message, String param, String code) {
        return param + ", " + code + ": " + OUTGROWN.matcher(message).replaceAll("");
    }

    private static String message(Call call) {
        return call.answer.at("/error/message").stringValue("");
    }

    /** Whole answers, and the chunks of streamed ones. */
    private static List<ObjectNode> answers() {
        List<ObjectNode> answers = new ArrayList<>();
        for (Call call : CALLS) {
            if (call.status == 200 && call.answer instanceof ObjectNode whole) {
                answers.add(whole);
            } else if (call.status == 200) {
                call.answer.forEach(chunk -> answers.add((ObjectNode) chunk));
            }
        }
        return answers;
    }

    private static boolean isTextOnly(ObjectNode answer) {
        for (JsonNode choice : answer.path("choices")) {
            boolean isText = choice.at("/message/content").isString() || choice.has("delta");
            if (!isText
                    || choice.path("message").has("tool_calls")
                    || choice.path("delta").has("tool_calls")) {
                return false;
            }
        }
        return true;
    }

    /** Numbers are compared by value: 0 is 0.0. */
    private static int compare(JsonNode one, JsonNode other) {
        boolean same = one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue()) == 0
                : one.equals(other);
        return same ? 0 : 1;
    }

    private static ObjectNode rewritten(ObjectNode answer) {
        AnswerChunk read = AnswerChunk.parse(Json.bytes(answer));
        AnswerHead head = new AnswerHead(
                answer.path("id").stringValue(),
                answer.path("created").longValue(),
                answer.path("model").stringValue());
        List<AnswerChoice> choices = read.choices().stream()
                .map(choice -> new AnswerChoice(
                        choice.index(),
                        choice.text() == null ? "" : choice.text(),
                        choice.logprobs(),
                        choice.finishReason()))
                .toList();
        return plain(write(answer, read, head, choices));
    }

    private static ObjectNode write(ObjectNode answer, AnswerChunk read, AnswerHead head, List<AnswerChoice> choices) {
        if (answer.path("object").stringValue().equals("chat.completion")) {
            return AnswerForm.CHAT.whole(head, choices, read.usage());
        }
        if (choices.isEmpty()) {
            return AnswerForm.CHAT.usage(head, read.usage());
        }
        return answer.at("/choices/0/delta").has("role")
                ? AnswerForm.CHAT.first(head, choices.get(0).index())
                : AnswerForm.CHAT.chunk(head, choices.get(0));
    }

    /** A copy without what only the real API writes, such as empty log-probabilities beside the role. */
    private static ObjectNode plain(ObjectNode answer) {
        ObjectNode copy = Json.object(Json.bytes(answer));
        for (JsonNode choice : copy.path("choices")) {
            ((ObjectNode) choice).remove("created");
            if (choice.path("delta").has("role")) {
                ((ObjectNode) choice).putNull("logprobs");
            }
        }
        EXTRA.forEach(field -> copy.findParents(field).forEach(parent -> ((ObjectNode) parent).remove(field)));
        if (copy.path("usage").isNull()) {
            copy.remove("usage");
        }
        return copy;
    }
}
