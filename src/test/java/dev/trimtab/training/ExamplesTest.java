package dev.trimtab.training;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
    @TempDir
    private Path folder;

    @Test
    void bothForms_areRead() throws IOException {
        List<Example> read = read("""
                {"messages":[{"role":"developer","content":"s"},{"role":"user","content":"u"}],"completion":"c"}

                {"prompt":"p","completion":"d"}
                """);

        assertThat(read.get(0).prompt())
                .isEqualTo(new Prompt.Chat(List.of(new Prompt.Turn("system", "s"), new Prompt.Turn("user", "u"))));
        assertThat(read.get(1).prompt()).isEqualTo(new Prompt.Text("p"));
        assertThat(read.get(1).completion()).isEqualTo("d");
    }

    @Test
    void everyBadLine_isNamed_withItsFieldAndWhatIsExpected() {
        assertThatThrownBy(() -> read("""
                        {"prompt":"p"}
                        no JSON
                        {"messages":[{"role":"bot","content":"u"}],"completion":"c"}
                        {"messages":[{"role":"assistant","content":"u"}],"completion":"c"}
                        {"completion":"c"}
                        """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("examples.jsonl:1: completion: nothing (expected: an answer, a text)")
                .hasMessageContaining("examples.jsonl:2: expected: a JSON object")
                .hasMessageContaining("examples.jsonl:3: messages[0].role: \"bot\" (expected: system")
                .hasMessageContaining("examples.jsonl:4: messages: ")
                .hasMessageContaining("examples.jsonl:5: prompt: nothing (expected: a text, or messages)");
        assertThatThrownBy(() -> read("\n")).hasMessageContaining("expected: JSON objects, one a line");
    }

    @Test
    void fileThatIsNotUtf8_isNamed() throws IOException {
        Path file = Files.write(folder.resolve("latin.jsonl"), "{\"prompt\":\"é\"}".getBytes(ISO_8859_1));

        assertThatThrownBy(() -> Examples.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("latin.jsonl: not UTF-8 (expected: JSON objects in UTF-8");
    }

    @Test
    void example_isLeftOutOfAPreface_withTheAnswerBehindIt() {
        PrefaceMessage system = new PrefaceMessage("system", "s");
        PrefaceMessage question = new PrefaceMessage("user", "q");
        PrefaceMessage answer = new PrefaceMessage("assistant", "a");
        PrefaceMessage other = new PrefaceMessage("user", "o");
        List<PrefaceMessage> preface = List.of(system, question, answer, other, answer, question, answer);

        assertThat(asking("q").leftOutOf(preface)).containsExactly(system, other, answer);
        assertThat(asking("else").leftOutOf(preface)).isEqualTo(preface);
        assertThat(new Example(List.of(), "q", "a").leftOutOf(preface)).isEqualTo(preface);
    }

    private static Example asking(String question) {
        return new Example(List.of(new Prompt.Turn("user", question)), "", "wanted");
    }

    @Test
    void parts_holdAllOnce_andNoPromptTwice() {
        List<Prompt> prompts = IntStream.range(0, 40)
                .mapToObj(i -> (Prompt) new Prompt.Text("p" + i % 11))
                .toList();
        List<List<Integer>> parts = Examples.parts(prompts, 4, 1);

        assertThat(parts.stream().flatMap(Collection::stream)).hasSize(40).doesNotHaveDuplicates();
        Set<Prompt> seen = new HashSet<>();
        for (List<Integer> part : parts) {
            Set<Prompt> own = new HashSet<>(part.stream().map(prompts::get).toList());
            assertThat(own).noneMatch(seen::contains);
            seen.addAll(own);
        }
        assertThat(Examples.parts(prompts, 4, 1)).isEqualTo(parts);
    }

    private List<Example> read(String text) throws IOException {
        return Examples.read(Files.writeString(folder.resolve("examples.jsonl"), text));
    }
}
