package dev.trimtab.training;

import dev.trimtab.token.Token;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** Fits a pushed bias to lessons at the price that serves those best that were not fitted. */
final class BiasFit {
    private static final double[] PRICES = {30, 10, 3, 1, 0.3};
    private static final int MEASURED = 60;

    private final BiasSolver whole;
    private final List<BiasFold> folds;
    private final BiasRoom room;

    /**
     * @param lessons that the bias is fitted to
     * @param folds of them, for the price
     */
    BiasFit(List<Lesson> lessons, List<BiasFold> folds, BiasRoom room) {
        this.whole = new BiasSolver(lessons, room);
        this.folds = folds;
        this.room = room;
    }

    /**
     * A fitted bias.
     *
     * @param nats by token, rounded
     * @param price on squared nats
     * @param before of the lessons without bias
     * @param heldOut of each lesson under a bias that was fitted to the others
     */
    record Fitted(Map<Token, Double> nats, double price, LessonNats before, LessonNats heldOut) {
        /** The entries, where they pay. */
        Map<Token, Double> pushed() {
            return pays() ? nats : Map.of();
        }

        /** What was found, in one line. */
        String summary() {
            return String.format(
                    Locale.ROOT,
                    "bias: %d entries, price on squared nats %s, %.3f nats/token of %d examples apart, without %.3f%s",
                    nats.size(),
                    price,
                    heldOut.mean(),
                    heldOut.steps().length,
                    before.mean(),
                    pays() ? "" : "; left out, it does not pay");
        }

        /** Whether it helps on what it has not seen by more than chance would. */
        boolean pays() {
            return !nats.isEmpty() && heldOut.pays(before);
        }
    }

    /** Makes the upstream's own law of some lessons under a pushed bias. */
    @FunctionalInterface
    interface Measuring {
        /**
         * The lessons anew.
         *
         * @param lessons their indices
         */
        LessonNats under(Map<Token, Double> bias, List<Integer> lessons);
    }

    /** The bias as the upstream shows when it is pushed: nothing is taken for granted of tokens that are not shown. */
    Fitted measured(Measuring measuring) {
        return best(measuring, MEASURED);
    }

    /** The bias under the law that is taken to be served. */
    Fitted estimated() {
        return best((bias, apart) -> whole.under(bias).only(apart), Integer.MAX_VALUE);
    }

    /** From the highest price, at which rounding may leave nothing, to the one below which something is lost. */
    private Fitted best(Measuring measuring, int most) {
        Map<Integer, BiasSolver> solvers = new HashMap<>();
        LessonNats before = judged(measuring, most, fold -> Map.of());
        LessonNats best = before;
        double price = PRICES[0];
        boolean gains = folds.size() > 1;
        for (int i = 0; i < PRICES.length && gains; i++) {
            double tried = PRICES[i];
            LessonNats nats = judged(measuring, most, fold -> solvers.computeIfAbsent(fold, this::solver)
                    .bias(tried));
            gains = nats.mean() <= best.mean();
            best = gains ? nats : best;
            price = gains ? tried : price;
        }
        Map<Token, Double> nats = best.mean() < before.mean() ? whole.bias(price) : Map.of();
        return new Fitted(nats, price, before, best);
    }

    private BiasSolver solver(int fold) {
        return new BiasSolver(folds.get(fold).rest(), room);
    }

    /** Lessons of as many folds as it takes to measure so many, each under what was fitted to the rest. */
    private LessonNats judged(Measuring measuring, int most, IntFunction<Map<Token, Double>> fitted) {
        LessonNats all = LessonNats.none(0);
        for (int i = 0; i < folds.size() && all.steps().length < most; i++) {
            List<Integer> apart = folds.get(i).apart();
            List<Integer> measured = apart.subList(0, Math.min(most - all.steps().length, apart.size()));
            all = all.then(measuring.under(fitted.apply(i), measured));
        }
        return all;
    }
}
