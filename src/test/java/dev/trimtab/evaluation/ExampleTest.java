package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleTest {
    @TempDir
    Path folder;

    private List<Example> read(String text) throws IOException {
        return Example.read(Files.writeString(folder.resolve("data.jsonl"), text), true);
    }

    @Test
    void examples_thatAskTheSame_areOneInput() throws IOException {
        List<Example> examples = read("""
                {"prompt": "one", "completion": "a"}
                {"messages": [{"role": "user", "content": "two"}], "completion": "b"}

                {"prompt": "one", "completion": "c"}
                {"messages": [{"role": "user", "content": "two"}], "prompt": "three", "completion": "d"}
                """);

        List<Input> inputs = Input.of(examples);

        assertThat(inputs).hasSize(2);
        assertThat(inputs.get(0).question()).isEqualTo("one");
        assertThat(inputs.get(0).references()).containsExactly("a", "c");
        assertThat(inputs.get(1).question()).isEqualTo("two");
        assertThat(inputs.get(1).references()).containsExactly("b", "d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{}                                         | data.jsonl:1: completion: nothing (expected: an answer",
                "text                                       | data.jsonl:1: expected: a JSON object",
                "{\"completion\": \"a\"}                    | data.jsonl:1: messages: nothing (expected: messages, or a prompt)",
                "{\"messages\": [3], \"completion\": \"a\"} | data.jsonl:1: messages[0]: 3 (expected: a role and a content)",
                "#   #                                      | data.jsonl: nothing (expected: JSON objects, one a line)"
            })
    void line_thatIsWrong_isNamed(String line, String said) {
        assertThatThrownBy(() -> read(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }
}
