package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.upstream.Capabilities.Continuation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known already is not asked again, as long as the upstream is the same. */
class ShownAnswersTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final String ANSWER = "yes";

    @TempDir
    private Path folder;

    /** How likely the model says so: tells an old answer from a new one. */
    private double chance = 0.6;

    private final WrittenUpstream written = new WrittenUpstream(
            Continuation.TEXT, 2, text -> text.isEmpty() ? Map.of(ANSWER, chance, "no", 1 - chance) : Map.of("", 1.0));

    @Test
    void answer_underTheSameFingerprint_isKnown_alsoToWhoeverOpensTheFolderNext() throws IOException {
        ShownAnswers.Shown first = shown("model", "one");
        int calls = written.prefixes().size();
        chance = 0.2;

        ShownAnswers.Shown again = shown("model", "one");

        assertThat(first.known()).isFalse();
        assertThat(again.known()).isTrue();
        assertThat(again.steps().get(0).logprob()).isEqualTo(Math.log(0.6));
        assertThat(written.prefixes()).hasSize(calls);
    }

    @Test
    void answer_underAnotherFingerprint_isAskedAnew_andThatOfTheFirstStaysKnown() throws IOException {
        shown("model", "one");
        chance = 0.2;

        ShownAnswers.Shown changed = shown("model", "another");

        assertThat(changed.known()).isFalse();
        assertThat(changed.steps().get(0).logprob()).isEqualTo(Math.log(0.2));
        assertThat(shown("model", "another").known()).isTrue();
        assertThat(shown("model", "one").steps().get(0).logprob()).isEqualTo(Math.log(0.6));
    }

    @Test
    void answer_ofAnotherModel_isAskedAnew() throws IOException {
        shown("model", "one");

        assertThat(shown("other", "one").known()).isFalse();
    }

    private ShownAnswers.Shown shown(String model, String fingerprint) throws IOException {
        CompletionRequest request =
                CompletionRequest.parse("{\"model\":\"m\",\"prompt\":\"p\"}".getBytes(StandardCharsets.UTF_8));
        try (Upstream upstream = written.upstream();
                ShownAnswers answers = ShownAnswers.open(folder, upstream, model, fingerprint)) {
            return Objects.requireNonNull(answers.of(request, ANSWER, Map.of()).block(BOUND));
        }
    }
}
