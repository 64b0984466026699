package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionRequestTest {
    private static final CompletionPrompt A = new CompletionPrompt.Text("a");
    private static final CompletionPrompt B = new CompletionPrompt.Text("b");

    @Test
    void parse_prompts_areOneOrMany() {
        assertPrompts("\"a\"", A);
        assertPrompts("[\"a\",\"b\"]", A, B);
        assertPrompts("[]");
        assertPrompts("[1,2]", new CompletionPrompt.Ids(new int[] {1, 2}));
        assertPrompts("[[1],[2]]", new CompletionPrompt.Ids(new int[] {1}), new CompletionPrompt.Ids(new int[] {2}));
    }

    @Test
    void parse_fieldsOfTheOlderEndpoint_areRead() {
        CompletionRequest request = parse("{\"prompt\":\"a\",\"echo\":true,\"logprobs\":3,\"max_tokens\":0}");
        assertThat(request.echo()).isTrue();
        assertThat(request.sampling().topLogprobs()).isEqualTo(3);
        assertThat(request.sampling().maxTokens()).isZero();
    }

    @Test
    void parse_absentFields_stayAbsent() {
        CompletionRequest request = parse("{\"prompt\":\"a\"}");
        assertThat(request.echo()).isFalse();
        assertThat(request.sampling().topLogprobs()).isEqualTo(-1);
        assertThat(request.sampling().maxTokens()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | Missing required parameter: 'prompt'.",
                "{\"prompt\":7} | Invalid type for 'prompt': expected one of a string, array of strings, array of integers, or array of arrays of integers, but got an integer instead.",
                "{\"prompt\":[\"a\",7]} | Invalid type for 'prompt[1]': expected a string, but got an integer instead.",
                "{\"prompt\":[1,\"a\"]} | Invalid type for 'prompt[1]': expected an integer, but got a string instead.",
                "{\"prompt\":[[1],2]} | Invalid type for 'prompt[1]': expected an array of integers, but got an integer instead.",
                "{\"prompt\":[[]]} | Invalid 'prompt[0]': empty array. Expected an array with minimum length 1, but got an empty array instead.",
                "{\"prompt\":[-1]} | Invalid 'prompt[0]': integer below minimum value. Expected a value >= 0, but got -1 instead.",
                "{\"prompt\":\"a\",\"logprobs\":true} | Invalid type for 'logprobs': expected an integer, but got a boolean instead.",
            })
    void parse_wrongFields_areRefused(String body, String message) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> parse(body))
                .withMessage(message);
    }

    private static void assertPrompts(String json, CompletionPrompt... expected) {
        assertThat(parse("{\"prompt\":" + json + "}").prompts())
                .usingRecursiveComparison()
                .isEqualTo(List.of(expected));
    }

    private static CompletionRequest parse(String body) {
        return CompletionRequest.parse(body.getBytes(UTF_8));
    }
}
