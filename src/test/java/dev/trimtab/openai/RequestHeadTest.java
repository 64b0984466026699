package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '`',
            value = {
                "{} | - | false",
                "{\"model\":\"m\",\"stream\":true} | m | true",
                "{\"x\":{\"model\":\"no\",\"stream\":true},\"model\":\"m\"} | m | false",
                "{\"messages\":[{\"model\":\"no\"}],\"stream\":false} | - | false",
                "{\"model\":null,\"stream\":null} | - | false",
                "{\"model\":7,\"stream\":\"true\"} | - | false",
                "{\"model\":\"\\u00e9\"} | é | false",
                "{\"mod\\u0065l\":\"m\"} | m | false",
                "{\"model\":\"a\",\"model\":\"b\"} | b | false",
            })
    void scan_topLevelFields_areFound(String body, String model, boolean stream) {
        assertThat(RequestHead.scan(body.getBytes(UTF_8))).isEqualTo(new RequestHead(model, stream));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "null", "{", "{\"model\":\"m\"", "{} {}", "{\"a\":}", "{\"model\":\"m\"}]", "{'a':1}"})
    void scan_noJsonObject_isRefused(String body) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> RequestHead.scan(body.getBytes(UTF_8)))
                .satisfies(refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_REQUEST))
                .withMessageStartingWith("We could not parse the JSON body of your request.");
    }

    @Test
    void scan_deepNesting_isRefused() {
        String body = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> RequestHead.scan(body.getBytes(UTF_8)));
    }

    @Test
    void scan_otherEncoding_isRefused() {
        byte[] body = "{\"model\":\"m\"}".getBytes(UTF_16);
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> RequestHead.scan(body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\":\"m\"} | {\"model\":\"n\\\"é\"}",
                "{ \"a\" : 1.50 , \"model\" : \"m\" , \"ü\" : \"\\u0041\" } | { \"a\" : 1.50 , \"model\" : \"n\\\"é\" , \"ü\" : \"\\u0041\" }",
                "{\"ü\":\"😀\",\"model\":\"😀\",\"b\":{\"model\":\"m\"}} | {\"ü\":\"😀\",\"model\":\"n\\\"é\",\"b\":{\"model\":\"m\"}}",
                "{\"model\":null} | {\"model\":\"n\\\"é\"}",
                "{\"model\":7,\"a\":1} | {\"model\":\"n\\\"é\",\"a\":1}",
                "{\"model\":{\"a\":[1]},\"a\":1} | {\"model\":\"n\\\"é\",\"a\":1}",
                "{\"model\":\"a\",\"b\":0,\"model\":\"c\"} | {\"model\":\"n\\\"é\",\"b\":0,\"model\":\"n\\\"é\"}",
                "{} | {\"model\":\"n\\\"é\"}",
                "{ \"a\":1} | {\"model\":\"n\\\"é\", \"a\":1}",
            })
    void withModel_topLevelModel_isReplacedAndNothingElse(String body, String expected) {
        assertThat(new String(RequestHead.withModel(body.getBytes(UTF_8), "n\"é"), UTF_8))
                .isEqualTo(expected);
    }

    @Test
    void withModel_longBody_keepsEveryByte() {
        String text = "a\\n😀é".repeat(20_000);
        String body = "{\"prompt\":\"" + text + "\",\"model\":\"" + "long".repeat(5_000) + "\",\"n\":1}  \n";
        assertThat(new String(RequestHead.withModel(body.getBytes(UTF_8), "n"), UTF_8))
                .isEqualTo("{\"prompt\":\"" + text + "\",\"model\":\"n\",\"n\":1}  \n");
    }
}
