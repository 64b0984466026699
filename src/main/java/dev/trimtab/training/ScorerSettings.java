package dev.trimtab.training;

import org.jspecify.annotations.Nullable;

/**
 * How a scorer is fitted.
 *
 * @param layers of the transformer
 * @param width of a token's vector
 * @param heads of the attention
 * @param context the most tokens of prompt and answer together
 * @param update what is trained
 * @param movesBias whether the pushed bias's entries are trained with it
 * @param movesShares whether S may gain or lose against the rest, as it is served where every end comes with candidates
 * @param price nats per unit of suppressed mass, ≥ 0: what a replaced token is taken to cost
 * @param negative for a scorer that lowers only: its loss, by which the drawn tokens are samples and not wanted answers;
 *     else null
 * @param alpha ≥ 0, the weight of steps with unwanted tokens
 * @param nearness ≥ 0, the weight of KL(p at the start ‖ p)
 * @param epochs the most passes over the lessons
 * @param seed of the split, the order and the first weights
 */
record ScorerSettings(
        int layers,
        int width,
        int heads,
        int context,
        Update update,
        boolean movesBias,
        boolean movesShares,
        double price,
        @Nullable NegativeLoss negative,
        double alpha,
        double nearness,
        int epochs,
        long seed) {
    /** One layer of width 64, trained whole, at no price. */
    static final ScorerSettings DEFAULT =
            new ScorerSettings(1, 64, 4, 512, Update.ALL, false, true, 0, null, 1, 0, 40, 1);

    ScorerSettings withPrice(double other) {
        return new ScorerSettings(
                layers,
                width,
                heads,
                context,
                update,
                movesBias,
                movesShares,
                other,
                negative,
                alpha,
                nearness,
                epochs,
                seed);
    }

    ScorerSettings withUpdate(Update other, boolean biasToo, double near) {
        return new ScorerSettings(
                layers, width, heads, context, other, biasToo, movesShares, price, negative, alpha, near, epochs, seed);
    }

    ScorerSettings withNegative(NegativeLoss loss, double weight) {
        return new ScorerSettings(
                layers,
                width,
                heads,
                context,
                update,
                movesBias,
                movesShares,
                price,
                loss,
                weight,
                nearness,
                epochs,
                seed);
    }

    boolean lowers() {
        return negative != null;
    }

    ServedLaw.Effect effect() {
        if (lowers()) {
            return ServedLaw.Effect.LOWERS;
        }
        return movesShares ? ServedLaw.Effect.MOVES : ServedLaw.Effect.KEEPS;
    }
}
