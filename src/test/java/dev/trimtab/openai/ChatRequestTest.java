package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

    @Test
    void parse_everything_isRead() {
        ChatRequest request = parse("{" + HELLO + """
                ,"model":"m","temperature":0.5,"top_p":1,"top_k":-1,"min_p":0.05,"n":2,"seed":-9223372036854775808,
                "stop":["a","b"],"max_tokens":7,"max_completion_tokens":5,"presence_penalty":-2,"frequency_penalty":1.5,
                "logit_bias":{"12":-100,"7":0.5},"logprobs":true,"top_logprobs":20,"stream":true,
                "stream_options":{"include_usage":true},"of_another_server":{"a":1}}""");
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.json().at("/of_another_server/a").intValue()).isEqualTo(1);
        assertThat(request.sampling())
                .isEqualTo(new SamplingParameters(
                        0.5,
                        1.0,
                        -1,
                        0.05,
                        2,
                        Long.MIN_VALUE,
                        List.of("a", "b"),
                        5,
                        -2,
                        1.5,
                        Map.of(12, -100.0, 7, 0.5),
                        20,
                        true,
                        true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"temperature\":null,\"top_p\":null,\"n\":null,\"seed\":null,\"stop\":null,\"max_tokens\":null,"
                        + "\"logit_bias\":null,\"logprobs\":null,\"top_logprobs\":null,\"stream\":null,"
                        + "\"stream_options\":null,\"tools\":null,\"presence_penalty\":null,\"model\":null"
            })
    void parse_nothingOrNull_isAbsent(String fields) {
        ChatRequest request = parse("{" + HELLO + fields + "}");
        assertThat(request.model()).isNull();
        assertThat(request.sampling())
                .isEqualTo(new SamplingParameters(
                        null, null, null, null, 1, null, List.of(), null, 0, 0, Map.of(), -1, false, false));
    }

    @Test
    void parse_logprobsWithoutNumber_asksForNone() {
        assertThat(parse("{" + HELLO + ",\"logprobs\":true}").sampling().topLogprobs())
                .isZero();
    }

    @Test
    void parse_messages_haveTheirText() {
        ChatRequest request = parse("""
                {"messages":[
                  {"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
                  {"role":"user","content":[{"type":"text","text":"c"},{"type":"image_url","image_url":{"url":"u"}}]},
                  {"role":"assistant","content":null,"tool_calls":[
                    {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
                  {"role":"tool","content":"d","tool_call_id":"1"}]}""");
        assertThat(request.messages()).extracting(Message::text).containsExactly("ab", "c", "", "d");
        assertThat(request.messages()).extracting(Message::textOnly).containsExactly(true, false, false, true);
        assertThat(request.messages()).extracting(Message::role).containsExactly("system", "user", "assistant", "tool");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "{} | messages | missing_required_parameter | Missing required parameter: 'messages'.",
                "{\"messages\":null} | messages | invalid_type | Invalid type for 'messages': expected an array of objects, but got null instead.",
                "{\"messages\":[]} | messages | empty_array | Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
                "{\"messages\":[7]} | messages[0] | invalid_type | Invalid type for 'messages[0]': expected an object, but got an integer instead.",
                "{\"messages\":[{\"content\":\"\"}]} | messages[0].role | missing_required_parameter | Missing required parameter: 'messages[0].role'.",
                "{\"messages\":[{\"role\":\"me\"}]} | messages[0].role | invalid_value | Invalid value: 'me'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
                "{\"messages\":[{\"role\":\"user\"}]} | messages[0].content | missing_required_parameter | Missing required parameter: 'messages[0].content'.",
                "{\"messages\":[{\"role\":\"user\",\"content\":null}]} | messages[0].content | invalid_type | Invalid type for 'messages[0].content': expected one of a string or array of objects, but got null instead.",
                "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"image_url\"}]}]} | messages[0].content[0].type | invalid_value | Invalid value: 'image_url'. Value must be 'text'.",
            })
    void parse_wrongMessages_areRefused(String body, String param, String code, String message) {
        assertRefused(body, param, code, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "\"temperature\":\"hot\" | temperature | invalid_type | Invalid type for 'temperature': expected a decimal, but got a string instead.",
                "\"temperature\":2.01 | temperature | decimal_above_max_value | Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.01 instead.",
                "\"temperature\":1e400 | temperature | decimal_above_max_value | Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 1E+400 instead.",
                "\"n\":1.5 | n | invalid_type | Invalid type for 'n': expected an integer, but got a decimal instead.",
                "\"n\":129 | n | integer_above_max_value | Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
                "\"seed\":9223372036854775808 | seed | integer_above_max_value | Invalid 'seed': integer above maximum value. Expected a value <= 9223372036854775807, but got 9223372036854775808 instead.",
                "\"stop\":[\"a\",1] | stop[1] | invalid_type | Invalid type for 'stop[1]': expected a string, but got an integer instead.",
                "\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"] | stop | array_above_max_length | Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
                "\"logit_bias\":{\"x\":1} | logit_bias | - | Logit bias key x is invalid: expected a token id",
                "\"logit_bias\":{\"1\":100.5} | logit_bias | - | Logit bias value 100.5 is invalid or outside of range [-100, 100]",
                "\"logit_bias\":{\"1\":\"a\"} | logit_bias | - | Logit bias value \"a\" is invalid or outside of range [-100, 100]",
                "\"top_logprobs\":1 | top_logprobs | - | The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
                "\"tools\":[{\"type\":\"function\",\"function\":{}}] | tools[0].function.name | missing_required_parameter | Missing required parameter: 'tools[0].function.name'.",
                "\"response_format\":{\"type\":\"json_schema\"} | response_format.json_schema | missing_required_parameter | Missing required parameter: 'response_format.json_schema'.",
            })
    void parse_wrongFields_areRefused(String field, String param, String code, String message) {
        assertRefused("{" + HELLO + "," + field + "}", param, code, message);
    }

    private static void assertRefused(String body, String param, String code, String message) {
        ApiException refusal = catchThrowableOfType(ApiException.class, () -> parse(body));
        assertThat(refusal).hasMessage(message);
        assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(refusal.param()).isEqualTo(param);
        assertThat(refusal.code()).isEqualTo(code);
    }

    private static ChatRequest parse(String body) {
        return ChatRequest.parse(body.getBytes(UTF_8));
    }
}
