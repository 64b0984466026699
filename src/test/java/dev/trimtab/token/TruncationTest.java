package dev.trimtab.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.Truncation.Order;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TruncationTest {
    private static final double[] WEIGHTS = {1, 0.5, 0.25, 0.125, 0.125};

    private static Truncation cut(double topP, int topK, double minP) {
        return new Truncation(topP, topK, minP, Order.TEMPERATURE_FIRST);
    }

    @Test
    void survivors_ofEachPartAlone_areItsOwn() {
        assertThat(Truncation.NONE.isNeutral()).isTrue();
        assertThat(Truncation.NONE.survivors(WEIGHTS)).isEqualTo(5);
        assertThat(cut(1, 2, 0).survivors(WEIGHTS)).isEqualTo(2);
        assertThat(cut(1, 9, 0).survivors(WEIGHTS)).isEqualTo(5);
        assertThat(cut(1, 0, 0.25).survivors(WEIGHTS)).isEqualTo(3);
        assertThat(cut(0.5, 0, 0).survivors(WEIGHTS)).isEqualTo(1);
        assertThat(cut(0.51, 0, 0).survivors(WEIGHTS)).isEqualTo(2);
        assertThat(cut(1e-9, 0, 0.99).survivors(WEIGHTS)).isEqualTo(1);
    }

    @Test
    void survivors_topPBehindTopK_countsTheKeptMassOnly() {
        assertThat(cut(0.6, 0, 0).survivors(WEIGHTS)).isEqualTo(2);
        assertThat(cut(0.6, 2, 0).survivors(WEIGHTS)).isEqualTo(1);
    }

    @Test
    void support_ofARandomLaw_neverHoldsATokenThatTheCutDrops() {
        Random random = new Random(13);
        int closed = 0;
        for (int n = 0; n < 5_000; n++) {
            double[] law = law(random, 40);
            int k = 1 + random.nextInt(20);
            double temperature = new double[] {0.5, 1, 1.7}[random.nextInt(3)];
            Order order = Order.values()[random.nextInt(2)];
            Truncation cut = new Truncation(
                    random.nextBoolean() ? 1 : 0.05 + 0.9 * random.nextDouble(),
                    random.nextBoolean() ? 0 : 1 + random.nextInt(25),
                    random.nextBoolean() ? 0 : 0.5 * random.nextDouble(),
                    order);
            double[] basis = new double[law.length];
            for (int i = 0; i < basis.length; i++) {
                basis[i] = order == Order.TEMPERATURE_FIRST ? Math.pow(law[i], 1 / temperature) : law[i];
            }
            int survivors = cut.survivors(basis);
            DraftLaw draft = new DraftLaw(temperature, cut, ShownLaw.RAW, law.length);
            double[] shown = new double[k];
            for (int i = 0; i < k; i++) {
                shown[i] = Math.log(law[i]);
            }
            Support support = Support.of(shown, draft.logWeights(shown, new double[k]), draft);
            for (int i = survivors; i < k; i++) {
                assertThat(support.inside()[i])
                        .as("case %d, place %d of %s", n, i, cut)
                        .isFalse();
            }
            if (support.closed()) {
                closed++;
                assertThat(survivors).as("case %d, %s", n, cut).isLessThanOrEqualTo(k);
                assertThat(inside(support)).as("case %d, %s", n, cut).isEqualTo(survivors);
            }
        }
        assertThat(closed).isGreaterThan(500);
    }

    private static int inside(Support support) {
        int count = 0;
        for (boolean in : support.inside()) {
            count += in ? 1 : 0;
        }
        return count;
    }

    /** A law over so many tokens, most likely first. */
    private static double[] law(Random random, int size) {
        double[] law = new double[size];
        double total = 0;
        for (int i = 0; i < size; i++) {
            law[i] = Math.exp(2 * random.nextGaussian());
            total += law[i];
        }
        Arrays.sort(law);
        double[] falling = new double[size];
        for (int i = 0; i < size; i++) {
            falling[i] = law[size - 1 - i] / total;
        }
        return falling;
    }
}
