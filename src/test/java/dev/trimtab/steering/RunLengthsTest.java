package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.trimtab.upstream.Drafting;
import dev.trimtab.upstream.Drafting.Length;
import org.junit.jupiter.api.Test;

class RunLengthsTest {
    private static final Drafting ADAPTIVE = new Drafting(Length.ADAPTIVE, 16, 16);
    private static final int FIRST = 0;
    private static final int LATER = 200;

    private final RunLengths runs = new RunLengths();

    private void learn(int place, int tokens, int every) {
        for (int i = 1; i <= tokens; i++) {
            runs.decided(place, i % every != 0);
        }
    }

    @Test
    void drafts_areShort_whereTokensDoNotStand_andLongWhereTheyDo() {
        learn(FIRST, 10_000, 4);
        learn(LATER, 10_000, 1_000);

        assertThat(runs.next(ADAPTIVE, FIRST, true)).isBetween(4, 10);
        assertThat(runs.next(ADAPTIVE, LATER, true)).isBetween(140, 220);
    }

    /** One token in h is cut everywhere: the length with the least (c + L) / (1 − (1 − h)^L), found by trying all. */
    @Test
    void draft_isAsLongAsPaysMost() {
        for (int every : new int[] {5, 20, 60}) {
            RunLengths learned = new RunLengths();
            for (int place : new int[] {0, 8, 32, 128}) {
                for (int i = 1; i <= 1_000_000; i++) {
                    learned.decided(place, i % every != 0);
                }
            }
            int best = 1;
            for (int length = 1; length <= 1_024; length++) {
                best = price(length, every) < price(best, every) ? length : best;
            }
            assertThat(learned.next(ADAPTIVE, 10, true)).isCloseTo(best, offset(1));
        }
    }

    private static double price(int length, double every) {
        return (16 + length) / (1 - Math.pow(1 - 1 / every, length));
    }

    @Test
    void dearCalls_makeLongDrafts() {
        learn(FIRST, 1_000, 10);
        int cheap = runs.next(new Drafting(Length.ADAPTIVE, 16, 1), FIRST, true);
        int dear = runs.next(new Drafting(Length.ADAPTIVE, 16, 100), FIRST, true);

        assertThat(cheap).isLessThan(dear / 3);
    }

    @Test
    void answerThatIsToBeRepeated_dependsOnNoOther() {
        int before = runs.next(ADAPTIVE, FIRST, false);
        learn(FIRST, 10_000, 2);

        assertThat(runs.next(ADAPTIVE, FIRST, false)).isEqualTo(before);
    }

    @Test
    void fixedLength_isThat() {
        learn(FIRST, 10_000, 2);

        assertThat(runs.next(new Drafting(Length.FIXED, 12, 16), FIRST, true)).isEqualTo(12);
    }
}
