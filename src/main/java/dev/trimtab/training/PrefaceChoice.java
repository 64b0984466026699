package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Prompt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Chooses the examples that stand before a conversation, by what they gain on others. */
final class PrefaceChoice {
    private static final int TRIED = 6;
    private static final int MEASURED = 40;

    private final Collecting collecting;
    private final Consumer<String> said;

    PrefaceChoice(Collecting collecting, Consumer<String> said) {
        this.collecting = collecting;
        this.said = said;
    }

    /**
     * A choice.
     *
     * @param examples those of the preface, possibly none
     * @param others those whose prompts are not in it
     */
    record Chosen(List<Example> examples, List<Example> others) {
        List<PrefaceMessage> messages() {
            return examples.stream()
                    .flatMap(example -> example.asPreface().stream())
                    .toList();
        }
    }

    /** The best of a few sets of examples, or none where no set helps the rest by more than chance would. */
    Chosen choose(List<Example> examples, int count, long seed) {
        Chosen none = new Chosen(List.of(), examples);
        List<Example> chats =
                examples.stream().filter(example -> !example.turns().isEmpty()).toList();
        if (count == 0 || chats.isEmpty()) {
            return none;
        }
        List<List<Example>> sets = sets(chats, count, new Random(seed));
        Set<Prompt> inSets =
                sets.stream().flatMap(List::stream).map(Example::prompt).collect(Collectors.toSet());
        List<Example> apart = new ArrayList<>(examples);
        apart.removeIf(example -> inSets.contains(example.prompt()));
        Collections.shuffle(apart, new Random(seed));
        List<Example> measured = apart.subList(0, Math.min(MEASURED, apart.size()));
        if (measured.size() < 2) {
            said.accept("preface: left out, since too few other examples are left to measure it on");
            return none;
        }
        LessonNats before = nats(measured, none);
        LessonNats best = before;
        Chosen chosen = none;
        for (List<Example> set : sets) {
            Chosen tried = new Chosen(set, without(examples, set));
            LessonNats nats = nats(measured, tried);
            if (nats.mean() < best.mean()) {
                best = nats;
                chosen = tried;
            }
        }
        boolean pays = !chosen.examples().isEmpty() && best.isClearlyBelow(before);
        said.accept(String.format(
                "preface of %d, the best of %d sets on %d other examples: %.3f nats/token, without %.3f%s",
                count,
                sets.size(),
                measured.size(),
                best.mean(),
                before.mean(),
                pays ? "" : "; left out, it does not pay"));
        return pays ? chosen : none;
    }

    /** A few sets of examples of different prompts; of few examples only as many as leave half of them to measure on. */
    private static List<List<Example>> sets(List<Example> examples, int count, Random random) {
        List<List<Example>> sets = new ArrayList<>();
        List<Example> pool = new ArrayList<>(examples);
        Collections.shuffle(pool, random);
        pool = pool.subList(0, Math.min(pool.size(), Math.max(count, Math.min(pool.size() / 2, TRIED * count))));
        for (int i = 0; i < TRIED; i++) {
            Collections.shuffle(pool, random);
            List<Example> set = new ArrayList<>();
            for (Example example : pool) {
                if (set.size() < count
                        && set.stream().noneMatch(other -> other.prompt().equals(example.prompt()))) {
                    set.add(example);
                }
            }
            if (!sets.contains(set)) {
                sets.add(set);
            }
        }
        return sets;
    }

    private static List<Example> without(List<Example> examples, List<Example> set) {
        Set<Prompt> taken = set.stream().map(Example::prompt).collect(Collectors.toSet());
        return examples.stream()
                .filter(example -> !taken.contains(example.prompt()))
                .toList();
    }

    private LessonNats nats(List<Example> examples, Chosen preface) {
        return LessonNats.of(collecting.lessons(examples, preface.messages()));
    }
}
