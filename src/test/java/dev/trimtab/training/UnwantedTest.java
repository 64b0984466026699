package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.openai.Json;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which candidates of answers are unwanted, beside the tokens that were drawn. */
class UnwantedTest {

    private static Step step(String drawn, Token... others) {
        Token[] shown = new Token[others.length + 1];
        shown[0] = Token.of(drawn);
        System.arraycopy(others, 0, shown, 1, others.length);
        double[] logprobs = new double[shown.length];
        Arrays.fill(logprobs, -2);
        return new Step(shown[0], -2, new Candidates(shown, logprobs));
    }

    private static Phrases phrases(boolean wholeWords, String... phrases) {
        return new Phrases(
                List.of(new Phrases.Rule("rule", List.of(phrases), wholeWords, Bias.forbidding(List.of(" never")))));
    }

    private static boolean[][] byRules(Phrases phrases, Step... steps) {
        return Unwanted.byRules(phrases, "", List.of(steps));
    }

    @Test
    void rule_marksTheTokenThatCompletesAPhrase_drawnOrNot() {
        boolean[][] unwanted = byRules(
                phrases(false, "family friendly"),
                step("A"),
                step(" family", Token.of(" Family friendly")),
                step(" pub", Token.of(" FRIENDLY"), Token.of(" fr"), Token.of(" friendly place")),
                step(" friendly"));

        assertThat(unwanted)
                .isDeepEqualTo(new boolean[][] {{false}, {false, true}, {false, true, false, true}, {false}});
    }

    @Test
    void rule_behindAPhrase_marksTheNextOne() {
        boolean[][] unwanted =
                byRules(phrases(false, "bad"), step("ba"), step("d dog, ba"), step("d", Token.of("nk")), step("bad"));

        assertThat(unwanted).isDeepEqualTo(new boolean[][] {{false}, {true}, {true, false}, {true}});
    }

    @Test
    void rule_ofWholeWords_marksWhatEndsTheWord() {
        boolean[][] unwanted = byRules(phrases(true, "cost"), step("The cost"), step("ume", Token.of("."), Token.END));

        assertThat(unwanted).isDeepEqualTo(new boolean[][] {{false}, {false, true, true}});
    }

    @Test
    void rule_ofWholeWords_inAWordThatGoesOn_marksNothing() {
        boolean[][] unwanted = Unwanted.byRules(phrases(true, "cost"), "Pente", List.of(step("cost"), step(".")));

        assertThat(unwanted).isDeepEqualTo(new boolean[][] {{false}, {false}});
    }

    @Test
    void rule_ofTokens_marksThemByIdentity() {
        assertThat(byRules(phrases(false, "x"), step(" never", Token.of("never"))))
                .isDeepEqualTo(new boolean[][] {{true, false}});
    }

    @Test
    void rule_acrossPartsOfACharacter_marksTheLastPart() {
        byte[] pound = "£".getBytes(StandardCharsets.UTF_8);
        Token head = new Token(Token.NO_ID, new byte[] {pound[0]});
        Token tail = new Token(Token.NO_ID, new byte[] {pound[1]});
        Step first = new Step(head, -1, new Candidates(new Token[] {head}, new double[] {-1}));
        Step second = new Step(tail, -1, new Candidates(new Token[] {tail, Token.of("9")}, new double[] {-1, -1}));

        assertThat(byRules(phrases(false, "£"), first, second)).isDeepEqualTo(new boolean[][] {{false}, {true, false}});
    }

    private static LabelledAnswer labelled(String completion, String spans) {
        return LabelledAnswer.of(
                Json.object(("{\"prompt\":\"p\",\"completion\":\"" + completion + "\",\"spans\":" + spans + "}")
                        .getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void span_marksTheDrawnTokensThatItTouches_andNoOther() {
        LabelledAnswer answer = labelled("Fin 👍 café, cheap", "[[4, 5], [9, 11]]");
        boolean[][] unwanted = Unwanted.bySpans(
                answer.spans(),
                List.of(
                        step("Fin "),
                        step("👍", Token.of("👎")),
                        step(" caf"),
                        step("é,", Token.of("e")),
                        step(" cheap"),
                        new Step(Token.END, -1, Candidates.NONE)));

        assertThat(unwanted)
                .isDeepEqualTo(new boolean[][] {{false}, {true, false}, {false}, {true, false}, {false}, {}});
    }

    @ParameterizedTest
    @ValueSource(strings = {"[[0]]", "[[2, 2]]", "[[-1, 2]]", "[[0, 4]]", "[5]", "[[0, 1, 2]]", "[[\\\"a\\\", 1]]"})
    void span_outsideItsText_isNamed(String spans) {
        assertThatThrownBy(() -> labelled("caf", spans.replace("\\", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("spans[0]")
                .hasMessageContaining("0 <= start < end <= 3");
    }
}
