package dev.trimtab.training;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A part of the examples, by which a bias is judged that was fitted to the rest.
 *
 * @param apart indices of the part's lessons
 * @param rest lessons of the other examples
 */
record BiasFold(List<Integer> apart, List<Lesson> rest) {
    private static final int FOLDS = 5;
    /** So few examples are left out one by one. */
    private static final int FEW = 20;

    /**
     * The folds of examples behind a preface. Where examples of the preface are judged, as they are when they are more than
     * the others, they are taken out of it for the rest: what the upstream has read in them it says again, so that the rest
     * would teach it to say less of just that.
     *
     * @param lessons of the examples behind the preface
     * @param behind collects lessons of some examples behind another preface
     */
    static List<BiasFold> of(
            List<Example> examples,
            Preface preface,
            List<Lesson> lessons,
            long seed,
            BiFunction<List<Example>, Preface, List<Lesson>> behind) {
        List<Integer> judged = judged(examples, preface);
        List<BiasFold> folds = new ArrayList<>();
        for (List<Integer> part : Examples.parts(
                judged.stream().map(i -> examples.get(i).prompt()).toList(),
                judged.size() > FEW ? FOLDS : judged.size(),
                seed)) {
            List<Integer> apart = part.stream().map(judged::get).toList();
            Set<Integer> left = new HashSet<>(apart);
            List<Integer> rest = IntStream.range(0, examples.size())
                    .filter(i -> !left.contains(i))
                    .boxed()
                    .toList();
            Preface without = preface.without(apart.stream().map(examples::get).toList());
            folds.add(new BiasFold(
                    apart,
                    without.equals(preface)
                            ? rest.stream().map(lessons::get).toList()
                            : behind.apply(rest.stream().map(examples::get).toList(), without)));
        }
        return folds;
    }

    private static List<Integer> judged(List<Example> examples, Preface preface) {
        List<Integer> others = IntStream.range(0, examples.size())
                .filter(i -> !preface.shows(examples.get(i)))
                .boxed()
                .toList();
        boolean enough = 2 * others.size() >= examples.size();
        return enough ? others : IntStream.range(0, examples.size()).boxed().toList();
    }
}
