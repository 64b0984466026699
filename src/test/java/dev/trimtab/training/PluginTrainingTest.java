package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.WrittenUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Before an upstream that tells no ids of tokens, and whose tokenizer nobody names. */
class PluginTrainingTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "9, 'the upstream tells no ids of tokens, so that no bias can be pushed (expected: ', true",
        "0, 'bias: 0', false"
    })
    void biasThatCannotBeFitted_isLeftOut_forAReasonThatIsSaid(int entries, String why, boolean named)
            throws IOException {
        List<String> said = new ArrayList<>();

        String card = new PluginTraining(settings(entries), model(), said::add).run();

        assertThat(said).anyMatch(line -> line.startsWith("bias: left out. " + why));
        assertThat(card).contains("| bias | left out: " + why).doesNotContain("it does not pay");
        assertThat(card.contains("TRIMTAB_UPSTREAM_TOKENIZER")).isEqualTo(named);
        assertThat(folder.resolve("voice/bias.tsv")).doesNotExist();
    }

    private AskedModel model() {
        WrittenUpstream written = new WrittenUpstream(
                Continuation.TEXT, 3, before -> before.isEmpty() ? Map.of("yes", 0.75, "no", 0.25) : Map.of("", 1.0));
        return new AskedModel(written.upstream(), "written", "1", folder.resolve("shown"), 1, () -> "nothing");
    }

    private PluginSettings settings(int entries) throws IOException {
        String line = "{\"prompt\": \"p\", \"completion\": \"no\"}";
        Path data = Files.write(folder.resolve("examples.jsonl"), List.of(line, line));
        ScorerOptions none = new ScorerOptions(0, 16, 64, List.of(0.0), null, null, null, false);
        return new PluginSettings(data, folder.resolve("voice"), 0, null, entries, none, 1, "test");
    }
}
