package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Adapts a policy's bias to examples where it has no scorer: what is added to it is fitted as a new bias is, on the law that
 * is shown under it. Of a bias that is there its entries move; where there is none, one is made.
 *
 * @param before the bias as it is
 * @param preface what stands before the examples
 * @param seed of the folds
 */
record BiasAdapting(AskedModel model, Bias before, List<PrefaceMessage> preface, long seed) {
    private static final int ENTRIES = 300;

    /** What is to be added. */
    BiasFit.Fitted fit(List<Example> examples, Collecting collecting) {
        boolean told = model.tellsBias(collecting, examples);
        Required.that(
                told || before.isEmpty(),
                "upstream",
                model.upstream().name() + ", which does not show what it draws from under a bias",
                "one that does, of a policy that has a bias and no scorer");
        boolean some = before.isEmpty() || before.nats().values().stream().anyMatch(Double::isFinite);
        Required.that(some, "from", "a bias of bans alone", "entries that may move");
        List<Lesson> lessons = lessons(examples, Map.of(), collecting);
        String why = model.whyNoBias(lessons);
        if (why != null) {
            throw new IllegalArgumentException("bias: " + why);
        }
        List<BiasFold> folds = BiasFold.of(examples, Preface.NONE, lessons, seed, (rest, none) -> lessons);
        int entries = Math.min(ENTRIES, model.asked().capabilities().biasEntries());
        BiasFit fit = new BiasFit(lessons, folds, new BiasRoom(this::mayMove, entries, model::rounded));
        return told
                ? fit.measured((added, apart) ->
                        LessonNats.of(lessons(apart.stream().map(examples::get).toList(), added, collecting)))
                : fit.estimated();
    }

    private List<Lesson> lessons(List<Example> examples, Map<Token, Double> added, Collecting collecting) {
        return collecting.lessons(examples, example -> example.leftOutOf(preface), model.ids(with(added)));
    }

    private boolean mayMove(Token token) {
        double nats = before.nats(token);
        return model.isPushable(token) && (before.isEmpty() || (nats != 0 && Double.isFinite(nats)));
    }

    /** The bias and what is added to it. */
    Map<Token, Double> with(Map<Token, Double> added) {
        Map<Token, Double> sum = new LinkedHashMap<>(before.nats());
        added.forEach((token, nats) -> sum.put(
                Objects.requireNonNullElse(before.entry(token), token), model.rounded(before.nats(token) + nats)));
        sum.values().removeIf(nats -> nats == 0);
        return sum;
    }

    /** What was found, in one line. */
    static String summary(BiasFit.Fitted added) {
        return String.format(
                Locale.ROOT,
                "bias: %d entries moved, price on squared nats %s; %.3f nats/token of %d examples apart, %.3f before%s",
                added.nats().size(),
                added.price(),
                added.heldOut().mean(),
                added.heldOut().steps().length,
                added.before().mean(),
                added.pays() ? "" : "; it does not pay");
    }
}
