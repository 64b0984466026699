package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.WrittenUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of two scorers, at prices 0 and 1, the first pays and the second does not. */
class PolicyCardTest {
    private static final Path TOKENIZER = Path.of("config/policies/brand-voice/tokenizer.json");
    private static final Token YOU = Token.of(" you");
    private static final Figures BEFORE = new Figures(new double[] {8, 9, 8}, new double[3], new int[] {4, 4, 4});
    private static final Figures BETTER = new Figures(new double[] {4, 5, 5}, new double[3], new int[] {4, 4, 4});

    @TempDir
    private Path folder;

    @Test
    void scorer_thatPays_isWritten_withTheBiasThatItMoved() throws IOException {
        write();

        Path policy = folder.resolve("voice-price-0.0");
        assertThat(policy.resolve(FittedScorer.MODEL)).exists();
        assertThat(policy.resolve(FittedScorer.TOKENIZER)).hasSameBinaryContentAs(TOKENIZER);
        assertThat(Files.readString(policy.resolve("policy.yaml"))).contains("scorers:");
        assertThat(pushed(policy)).isEqualTo(1.75);
    }

    @Test
    void scorer_thatDoesNotPay_isNotWritten_andTheBiasIsAsItWas() throws IOException {
        write();

        Path policy = folder.resolve("voice-price-1.0");
        assertThat(policy.resolve(FittedScorer.MODEL)).doesNotExist();
        assertThat(policy.resolve(FittedScorer.TOKENIZER)).doesNotExist();
        assertThat(Files.readString(policy.resolve("policy.yaml"))).doesNotContain("scorers:");
        assertThat(pushed(policy)).isEqualTo(1.5);
        assertThat(Files.readString(policy.resolve("CARD.md")))
                .contains("scorer at price 0.0 | kept", "scorer at price 1.0 | left out, it does not pay");
    }

    private static double pushed(Path policy) throws IOException {
        return Bias.parse(Files.readString(policy.resolve("bias.tsv"))).nats(YOU);
    }

    private void write() throws IOException {
        Map<Token, Double> pushed = Map.of(YOU, 1.5);
        ScorerOptions options = new ScorerOptions(1, 16, 64, List.of(0.0, 1.0), TOKENIZER, null, null, false);
        try (Upstream upstream = new WrittenUpstream(Continuation.TEXT, 1, text -> Map.of("", 1.0)).upstream()) {
            AskedModel model = new AskedModel(upstream, "written", "1", folder, 1, () -> "");
            new PolicyCard(
                            new PluginSettings(
                                    Path.of("examples.jsonl"), folder.resolve("voice"), 0, null, 50, options, 1, "0"),
                            model,
                            "0",
                            3,
                            Preface.NONE,
                            new BiasFit.Fitted(pushed, 1, nats(3), nats(2)),
                            null,
                            new PolicyScorer(List.of(), pushed, Map.of(), true, true, model::rounded, options, 1),
                            List.of(fitted(0, BETTER), fitted(1, BEFORE)))
                    .write();
        }
    }

    private static LessonNats nats(double each) {
        return new LessonNats(new double[] {each, each, each}, new int[] {1, 1, 1});
    }

    private static FittedScorer fitted(double price, Figures after) throws IOException {
        int vocabulary = Vocabulary.read(Files.readAllBytes(TOKENIZER)).size();
        Bias moved = new Bias(Map.of(YOU, 0.25));
        return new FittedScorer(
                new ScorerRequest(
                        List.of(),
                        List.of(),
                        moved,
                        TOKENIZER,
                        ScorerPrompts.template(null, TOKENIZER),
                        null,
                        null,
                        ScorerSettings.DEFAULT.withPrice(price)),
                TransformerWeights.random(new TransformerShape(vocabulary, 1, 16, 2, 64, false), 1),
                moved,
                BEFORE,
                after,
                new GridPoint(0.01, 0),
                1,
                1,
                0,
                Duration.ZERO);
    }
}
