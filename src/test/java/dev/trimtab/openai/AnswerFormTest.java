package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

class AnswerFormTest {
    private static final AnswerHead HEAD = new AnswerHead("chatcmpl-1", 1_700_000_000L, "m");
    private static final Usage USAGE = new Usage(3, 2);

    /** Two halves of a character, the second one of unknown probability. */
    private static final List<TokenLogprob> HALVES = List.of(
            logprob("\uFFFD", new byte[] {(byte) 0xC3}, 7, -0.5, logprob("a", new byte[] {'a'}, 8, -1.25)),
            logprob("\uFFFD", new byte[] {(byte) 0xA9}, 9, -9999));

    @ParameterizedTest
    @EnumSource
    void whole_readAgain_isTheSame(AnswerForm form) {
        AnswerChoice choice = new AnswerChoice(1, "é", HALVES, "stop");
        AnswerChunk read = reread(form.whole(HEAD, List.of(choice), USAGE));
        assertThat(read.usage()).isEqualTo(USAGE);
        assertSame(read.choices().get(0), choice);
    }

    @ParameterizedTest
    @EnumSource
    void chunk_readAgain_isTheSame(AnswerForm form) {
        AnswerChoice delta = new AnswerChoice(0, "é", HALVES, null);
        AnswerChunk read = reread(form.chunk(HEAD, delta));
        assertThat(read.usage()).isNull();
        assertSame(read.choices().get(0), delta);
    }

    @ParameterizedTest
    @EnumSource
    void usage_readAgain_hasNoChoices(AnswerForm form) {
        AnswerChunk read = reread(form.usage(HEAD, USAGE));
        assertThat(read.choices()).isEmpty();
        assertThat(read.usage()).isEqualTo(USAGE);
    }

    @ParameterizedTest
    @EnumSource
    void everyAnswer_fitsTheSpecification(AnswerForm form) {
        Fields whole = form == AnswerForm.CHAT ? AnswerShapes.CHAT : AnswerShapes.COMPLETION;
        Fields chunk = form == AnswerForm.CHAT ? AnswerShapes.CHAT_CHUNK : AnswerShapes.COMPLETION;
        AnswerChoice choice = new AnswerChoice(0, "é", HALVES, "content_filter");
        assertThatCode(() -> {
                    whole.check(form.whole(HEAD, List.of(choice), USAGE));
                    chunk.check(form.first(HEAD, 0));
                    chunk.check(form.chunk(HEAD, choice));
                    chunk.check(form.usage(HEAD, USAGE));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void chunk_lastOfAChat_hasAnEmptyDelta() {
        assertThat(AnswerForm.CHAT
                        .chunk(HEAD, new AnswerChoice(0, "", null, "length"))
                        .toString())
                .isEqualTo("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                        + "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,"
                        + "\"finish_reason\":\"length\"}]}");
    }

    @Test
    void first_chat_namesTheRole() {
        assertThat(AnswerForm.CHAT.first(HEAD, 2).at("/choices/0").toString())
                .isEqualTo("{\"index\":2,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
                        + "\"logprobs\":null,\"finish_reason\":null}");
    }

    @Test
    void whole_completionWithoutIds_hasParallelArraysOnly() {
        List<TokenLogprob> tokens = List.of(
                logprob("He", "He".getBytes(UTF_8), -1, -0.5, logprob("He", "He".getBytes(UTF_8), -1, -0.5)),
                logprob("y", "y".getBytes(UTF_8), -1, -0.25));
        ObjectNode answer =
                AnswerForm.COMPLETION.whole(HEAD, List.of(new AnswerChoice(0, "Hey", tokens, "stop")), null);
        assertThat(answer.at("/choices/0/logprobs").toString())
                .isEqualTo("{\"tokens\":[\"He\",\"y\"],\"token_logprobs\":[-0.5,-0.25],"
                        + "\"top_logprobs\":[{\"He\":-0.5},{}],\"text_offset\":[0,2]}");
        assertThat(answer.has("usage")).isFalse();
        assertThat(reread(answer).choices().get(0).logprobs())
                .usingRecursiveComparison()
                .isEqualTo(tokens);
    }

    @Test
    void parse_gaps_areTolerated() {
        AnswerChunk read = parse("""
                {"choices":[
                  {"index":0,"delta":{"content":null},"logprobs":{"content":null},"finish_reason":null},
                  {"index":1,"delta":{},"logprobs":null},
                  {"index":2,"text":"x","logprobs":{"tokens":["é"],"token_logprobs":[null],"top_logprobs":null}},
                  {"index":3,"text":"x","logprobs":{"content":[{"token":"é","logprob":null,"bytes":null}]}}
                ],"usage":null}
                """);
        assertThat(read.choices()).extracting(AnswerChunk.Choice::text).containsExactly(null, null, "x", "x");
        assertThat(read.choices().get(0).logprobs()).isNull();
        assertThat(read.choices().get(1).logprobs()).isNull();
        List<TokenLogprob> unknown = List.of(logprob("é", "é".getBytes(UTF_8), -1, -9999));
        assertThat(read.choices().get(2).logprobs()).usingRecursiveComparison().isEqualTo(unknown);
        assertThat(read.choices().get(3).logprobs()).usingRecursiveComparison().isEqualTo(unknown);
    }

    @Test
    void parse_bothFormsOfLogprobs_prefersTheOneWithBytes() {
        AnswerChunk read = parse("""
                {"choices":[{"index":0,"text":"x","logprobs":{"tokens":["?"],"token_logprobs":[-1],
                  "content":[{"id":5,"token":"?","logprob":-1,"bytes":[195],"top_logprobs":[]}]}}]}
                """);
        assertThat(read.choices().get(0).logprobs())
                .usingRecursiveComparison()
                .isEqualTo(List.of(logprob("?", new byte[] {(byte) 0xC3}, 5, -1)));
    }

    @Test
    void parse_noJson_isTheUpstreamsFault() {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> parse("<html>"))
                .satisfies(failed -> assertThat(failed.kind()).isEqualTo(ErrorKind.UPSTREAM_FAILED));
    }

    private static void assertSame(AnswerChunk.Choice read, AnswerChoice written) {
        assertThat(read.index()).isEqualTo(written.index());
        assertThat(read.text()).isEqualTo(written.text());
        assertThat(read.finishReason()).isEqualTo(written.finishReason());
        assertThat(read.logprobs()).usingRecursiveComparison().isEqualTo(written.logprobs());
    }

    private static AnswerChunk reread(ObjectNode json) {
        return AnswerChunk.parse(Json.bytes(json));
    }

    private static AnswerChunk parse(String json) {
        return AnswerChunk.parse(json.getBytes(UTF_8));
    }

    private static TokenLogprob logprob(String token, byte[] bytes, int id, double nats, TokenLogprob... top) {
        return new TokenLogprob(token, bytes, id, nats, List.of(top));
    }
}
