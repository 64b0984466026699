package dev.trimtab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of a bench. */
class SamplesTest {
    @ParameterizedTest
    @CsvSource({"7, 7", "3 1 2, 2", "4 1 3 2, 2.5"})
    void median_isTheMiddle(String values, double median) {
        double[] numbers = java.util.Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();

        assertThat(Medians.of(numbers)).isEqualTo(median);
    }

    @Test
    void samples_oneAfterAnother_addUp() {
        Samples both = new Samples(new long[] {1_000_000, 3_000_000}, 500_000_000)
                .and(new Samples(new long[] {2_000_000}, 1_000_000_000));

        assertThat(both.medianMillis()).isEqualTo(2);
        assertThat(both.perSecond()).isEqualTo(2);
    }

    @Test
    void table_isMarkdown() {
        Table table = new Table("", "a");
        table.row("x", "1");

        assertThat(table.markdown()).isEqualTo("|  | a |\n| --- | --- |\n| x | 1 |\n");
    }
}
