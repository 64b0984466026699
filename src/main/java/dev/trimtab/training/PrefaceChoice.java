package dev.trimtab.training;

import dev.trimtab.openai.ApiException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Chooses the examples that stand before a conversation, by what they gain on others. */
final class PrefaceChoice {
    /** Among so many, the first ones: the choice, and all that was shown behind it, then stands when examples are added. */
    private static final int POOL = 200;

    private static final int TRIED = 6;
    /** Of six sets that change nothing the best gains more than two standard errors in one case of eight. */
    private static final double ERRORS = 2;

    private static final int MEASURED = 40;

    private final Collecting collecting;
    private final Consumer<String> said;

    PrefaceChoice(Collecting collecting, Consumer<String> said) {
        this.collecting = collecting;
        this.said = said;
    }

    /**
     * The best of a few sets of examples, or none where no set helps by more than chance would. An example of a set is
     * measured behind the others of it.
     *
     * @param count the most examples of a set; where the upstream has no room for so many, half of them, and so on
     */
    Preface choose(List<Example> examples, int count, long seed) {
        List<Example> pool = examples.subList(0, Math.min(POOL, examples.size()));
        List<Example> chats =
                pool.stream().filter(example -> !example.turns().isEmpty()).toList();
        if (count == 0 || chats.isEmpty()) {
            return Preface.NONE;
        }
        List<Example> measured = new ArrayList<>(pool);
        Collections.shuffle(measured, new Random(seed));
        measured = measured.subList(0, Math.min(MEASURED, measured.size()));
        for (int size = count; size > 0; size /= 2) {
            try {
                return best(sets(chats, size, new Random(seed)), measured);
            } catch (ApiException refused) {
                if (!refused.refusesTheAsk()) {
                    throw refused;
                }
                said.accept("preface of " + size + ": the upstream refuses it. " + refused.getMessage());
            }
        }
        return Preface.NONE;
    }

    private Preface best(Set<Preface> sets, List<Example> measured) {
        LessonNats before = nats(measured, Preface.NONE);
        LessonNats best = before;
        Preface chosen = Preface.NONE;
        for (Preface set : sets) {
            LessonNats nats = nats(measured, set);
            if (nats.mean() < best.mean()) {
                best = nats;
                chosen = set;
            }
        }
        boolean pays = best.pays(before, ERRORS);
        said.accept(String.format(
                "preface, the best of %d sets on %d examples: %d examples, %.3f nats/token, without %.3f%s",
                sets.size(),
                measured.size(),
                chosen.examples().size(),
                best.mean(),
                before.mean(),
                pays ? "" : "; left out, it does not pay"));
        return pays ? chosen : Preface.NONE;
    }

    /** A few sets of examples of different prompts. */
    private static Set<Preface> sets(List<Example> examples, int count, Random random) {
        Set<Preface> sets = new LinkedHashSet<>();
        List<Example> pool = new ArrayList<>(examples);
        for (int i = 0; i < TRIED; i++) {
            Collections.shuffle(pool, random);
            sets.add(first(pool, count));
        }
        return sets;
    }

    private static Preface first(List<Example> pool, int count) {
        List<Example> set = new ArrayList<>();
        for (Example example : pool) {
            boolean other = set.stream().noneMatch(shown -> shown.prompt().equals(example.prompt()));
            if (set.size() < count && other) {
                set.add(example);
            }
        }
        return new Preface(List.copyOf(set));
    }

    private LessonNats nats(List<Example> examples, Preface preface) {
        return LessonNats.of(collecting.lessons(examples, preface::before, Map.of()));
    }
}
