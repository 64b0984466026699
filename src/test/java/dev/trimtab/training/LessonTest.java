package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.scoring.Prompt;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.List;
import org.junit.jupiter.api.Test;

class LessonTest {
    @Test
    void shownEnd_thatCannotBeDrawn_isNoCandidate_andKeepsItsProbability() {
        Candidates shown =
                new Candidates(new Token[] {Token.of("It"), Token.END, Token.of("A")}, new double[] {-1, -2, -3});
        Lesson lesson = new Lesson(new Prompt.Text("?"), List.of(new Step(Token.END, -2, shown)));

        Step step = Lesson.steered(List.of(lesson), false).get(0).steps().get(0);

        assertThat(step.drawn()).isEqualTo(Token.END);
        assertThat(step.logprob()).isEqualTo(-2);
        assertThat(step.candidates().size()).isEqualTo(2);
        assertThat(step.candidates().indexOf(Token.END)).isNegative();
        assertThat(step.candidates().logprob(1)).isEqualTo(-3);
    }
}
