package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorerPromptsTest {
    private static final Path DEMO = Path.of("config/policies/brand-voice/tokenizer.json");

    @Test
    void specialTokensOfTheTokenizer_areAroundMessages() throws IOException {
        assertThat(ScorerPrompts.template(null, DEMO))
                .isEqualTo("{\"system\":[\"<|system|>\",\"<|end|>\"],\"user\":[\"<|user|>\",\"<|end|>\"],"
                        + "\"assistant\":[\"<|assistant|>\",\"<|end|>\"]}");
    }

    @Test
    void chatMl_hasOneTokenBeforeEveryRole(@TempDir Path folder) throws IOException {
        assertThat(ScorerPrompts.template(null, renamed(folder, "im_start", "im_end")))
                .contains("\"user\":[\"<|im_start|>\",\"<|im_end|>\"]");
    }

    @Test
    void givenTemplate_isTaken_andWithoutUsualTokensOneIsAskedFor(@TempDir Path folder) throws IOException {
        Path odd = renamed(folder, "odd", "odder");
        assertThat(ScorerPrompts.template("{}", odd)).isEqualTo("{}");
        assertThatThrownBy(() -> ScorerPrompts.template(null, odd))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("template: nothing (expected: special tokens");
    }

    private static Path renamed(Path folder, String user, String end) throws IOException {
        String json = Files.readString(DEMO);
        return Files.writeString(
                folder.resolve("tokenizer.json"),
                json.replace("<|user|>", "<|" + user + "|>").replace("<|end|>", "<|" + end + "|>"));
    }
}
