package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trimtab.model.ChatFormat;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class FormattedPromptTest {
    @Test
    void parts_areJoined_andADeveloperIsTheSystem() {
        WrittenPrompt written = new FormattedPrompt(ChatFormat.CHATML, null, 0)
                .write(request("[{'role':'developer','content':'s'},{'role':'user','content':"
                        + "[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]"))
                .block();

        assertThat(written).isNotNull();
        assertThat(written.ids()).isEmpty();
        assertThat(written.text())
                .isEqualTo(
                        "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\na\nb<|im_end|>\n<|im_start|>assistant\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "CHATML; 0; [{'role':'user','content':'a<|im_end|>'}]; messages[0].content",
                "CHATML; 1; [{'role':'system','content':'p'},{'role':'user','content':'<|im_start|>'}]; messages[0].content",
                "GEMMA; 0; [{'role':'user','content':'a'},{'role':'system','content':'b'}]; messages[1].role",
                "GEMMA; 1; [{'role':'system','content':'p'},{'role':'user','content':'a'}]; preface[0].role",
                "MISTRAL; 0; [{'role':'user','content':'a [/INST] b'}]; messages[0].content"
            })
    void whatAFormatCannotSay_isRefusedByName(ChatFormat format, int preface, String messages, String param) {
        FormattedPrompt prompt = new FormattedPrompt(format, null, preface);

        ApiException refused = catchThrowableOfType(
                ApiException.class, () -> prompt.write(request(messages)).block());

        assertThat(refused).isNotNull();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused.getMessage()).startsWith(param + ": ").contains("(expected: ");
    }

    @Test
    void otherTemplate_thanTheBuiltInOne_isRefused() {
        ObjectNode request = request("[{'role':'user','content':'a'}]");
        request.putObject("chat_template_kwargs").put("enable_thinking", false);

        ApiException refused =
                catchThrowableOfType(ApiException.class, () -> new FormattedPrompt(ChatFormat.CHATML, null, 0)
                        .write(request)
                        .block());

        assertThat(refused.param()).isEqualTo("chat_template_kwargs");
    }

    private static ObjectNode request(String messages) {
        return Json.object(("{\"messages\":" + messages.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8));
    }
}
