package dev.trimtab.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.Coins.Purpose;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class CoinsTest {
    private static final int TOSSES = 100_000;

    /** The 0.9999 quantile of χ² with 99 degrees of freedom is 161.3. */
    private static final double LIMIT = 161.3;

    @Test
    void tosses_overEachPartOfTheKey_areUniform() {
        assertThat(chiSquare(i -> new Coins(7, 0).toss(i, 0, Purpose.STAND))).isLessThan(LIMIT);
        assertThat(chiSquare(i -> new Coins(7, 0).toss(3, i, Purpose.STAND))).isLessThan(LIMIT);
        assertThat(chiSquare(i -> new Coins(7, i).toss(3, 0, Purpose.STAND))).isLessThan(LIMIT);
        assertThat(chiSquare(i -> new Coins(i, 0).toss(3, 0, Purpose.STAND))).isLessThan(LIMIT);
    }

    /** Ten times ten bins of the unit square, for a coin and the coin that its neighbour key gives. */
    @Test
    void neighbouringKeys_giveIndependentCoins() {
        Coins coins = new Coins(7, 0);
        assertThat(chiSquareOfPairs(coins, i -> coins.toss(i + 1, 0, Purpose.STAND)))
                .isLessThan(LIMIT);
        assertThat(chiSquareOfPairs(coins, i -> coins.toss(i, 1, Purpose.STAND)))
                .isLessThan(LIMIT);
        assertThat(chiSquareOfPairs(coins, i -> coins.toss(i, 0, Purpose.REPLACE)))
                .isLessThan(LIMIT);
        assertThat(chiSquareOfPairs(coins, i -> new Coins(7, 1).toss(i, 0, Purpose.STAND)))
                .isLessThan(LIMIT);
        assertThat(chiSquareOfPairs(coins, i -> new Coins(8, 0).toss(i, 0, Purpose.STAND)))
                .isLessThan(LIMIT);
    }

    @Test
    void noKey_givesTheCoinOfAnother() {
        Set<Double> seen = new HashSet<>();
        for (int choice = 0; choice < 8; choice++) {
            for (int step = 0; step < 50; step++) {
                for (int attempt = 0; attempt < 8; attempt++) {
                    for (Purpose purpose : Purpose.values()) {
                        double coin = new Coins(7, choice).toss(step, attempt, purpose);
                        assertThat(coin).isGreaterThanOrEqualTo(0).isLessThan(1);
                        assertThat(seen.add(coin)).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void callSeed_ofAnySeed_isANonNegativeInt() {
        Random random = new Random(11);
        int aboveTheMiddle = 0;
        for (int i = 0; i < 10_000; i++) {
            int seed = new Coins(random.nextLong(), i % 5).callSeed(i % 7);
            assertThat(seed).isNotNegative();
            aboveTheMiddle += seed >= 1 << 30 ? 1 : 0;
        }
        assertThat(aboveTheMiddle).isBetween(4_800, 5_200);
        assertThat(new Coins(7, 0).callSeed(0))
                .isEqualTo(new Coins(7, 0).callSeed(0))
                .isNotEqualTo(new Coins(7, 1).callSeed(0))
                .isNotEqualTo(new Coins(7, 0).callSeed(1));
    }

    private static double chiSquare(IntToDoubleFunction coin) {
        int[] counts = new int[100];
        for (int i = 0; i < TOSSES; i++) {
            counts[(int) (100 * coin.applyAsDouble(i))]++;
        }
        return chiSquare(counts);
    }

    private static double chiSquareOfPairs(Coins coins, IntToDoubleFunction other) {
        int[] counts = new int[100];
        for (int i = 0; i < TOSSES; i++) {
            int row = (int) (10 * coins.toss(i, 0, Purpose.STAND));
            counts[10 * row + (int) (10 * other.applyAsDouble(i))]++;
        }
        return chiSquare(counts);
    }

    private static double chiSquare(int[] counts) {
        double expected = (double) TOSSES / counts.length;
        double sum = 0;
        for (int count : counts) {
            sum += Math.pow(count - expected, 2) / expected;
        }
        return sum;
    }
}
