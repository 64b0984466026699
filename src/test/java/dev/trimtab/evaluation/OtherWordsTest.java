package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherWordsTest {
    @ParameterizedTest
    @CsvSource({
        "the mill is a pub., the mill is a pub., ''",
        "If you like pubs try the mill, the mill is a pub, If you like pubs try",
        "a mill by the river, a pub by the river, mill",
        "b a, a b, a",
        "the the mill, the mill, the",
        "'', a b, ''",
        "a b, '', a b",
        "' new  line ', new, line"
    })
    void words_thatAreNotShared_areFound(String text, String before, String expected) {
        BitSet other = OtherWords.in(text, before);

        StringBuilder found = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            found.append(other.get(i) ? text.charAt(i) : ' ');
        }
        assertThat(found.toString().strip().split("\\s+")).containsExactly(expected.split(" "));
    }
}
