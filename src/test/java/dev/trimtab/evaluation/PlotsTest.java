package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.evaluation.Plots.Mark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlotsTest {
    private static final Interval FIGURE = new Interval(1.5, 1.4, 1.6);

    @ParameterizedTest
    @ValueSource(strings = {"my-voice", "my-voice-for-all-of-our-menus-price-0.3"})
    void mark_isNamedInFull_whereAReaderPoints(String name) {
        List<Mark> marks = List.of(new Mark(name, 0.1, FIGURE, true));

        for (String plot : List.of(Plots.scatter(marks, "across", "up"), Plots.bars(marks, "along", 3))) {
            assertThat(plot).contains("<title>" + name + ": 1.500 [1.400, 1.600]</title>");
        }
    }

    @Test
    void label_thatIsTooLong_keepsBothEnds() {
        List<Mark> marks = List.of(
                new Mark("all-1200-price-0.3", 0.1, FIGURE, true), new Mark("fifteen-letters", 0.2, FIGURE, false));

        for (String plot : List.of(Plots.scatter(marks, "across", "up"), Plots.bars(marks, "along", 3))) {
            assertThat(plot).contains(">all-120…ice-0.3</text>", ">fifteen-letters</text>");
        }
    }

    @Test
    void axis_ofFiguresThatAreTheSameButForRounding_hasRoundMarks() {
        List<Mark> marks = List.of(new Mark("one", 3e-16, FIGURE, true), new Mark("other", 0, FIGURE, false));

        assertThat(Plots.scatter(marks, "across", "up")).contains(">0.4</text>").doesNotContainPattern(">−?0\\.000");
    }
}
