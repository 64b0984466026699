package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.scoring.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BiasFoldTest {
    private record Collected(List<Example> rest, Preface behind) {}

    private final List<Collected> collected = new ArrayList<>();

    @Test
    void examplesOutsideThePreface_areEnough_toBeJudged() {
        List<Example> examples = examples(20);
        Preface preface = new Preface(examples.subList(0, 8));

        List<BiasFold> folds = folds(examples, preface);

        assertThat(collected).isEmpty();
        assertThat(folds.stream().flatMap(fold -> fold.apart().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(8, 20).boxed().toList());
        for (BiasFold fold : folds) {
            assertThat(fold.rest().stream().map(Lesson::prompt))
                    .hasSize(20 - fold.apart().size())
                    .doesNotContainAnyElementsOf(prompts(examples, fold.apart()));
        }
    }

    @Test
    void examplesOfThePreface_areTakenOutOfIt_whereTheyAreJudged() {
        List<Example> examples = examples(12);
        Preface preface = new Preface(examples.subList(0, 8));

        List<BiasFold> folds = folds(examples, preface);

        assertThat(folds.stream().flatMap(fold -> fold.apart().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 12).boxed().toList());
        assertThat(collected).isNotEmpty();
        for (Collected each : collected) {
            assertThat(each.rest()).containsAll(each.behind().examples());
        }
        for (BiasFold fold : folds) {
            assertThat(fold.rest().stream().map(Lesson::prompt))
                    .doesNotContainAnyElementsOf(prompts(examples, fold.apart()));
        }
    }

    private List<BiasFold> folds(List<Example> examples, Preface preface) {
        return BiasFold.of(examples, preface, lessons(examples), 1, (rest, behind) -> {
            collected.add(new Collected(rest, behind));
            return lessons(rest);
        });
    }

    private static List<Example> examples(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Example(List.of(new Prompt.Turn("user", "prompt " + i)), "", "answer"))
                .toList();
    }

    private static List<Lesson> lessons(List<Example> examples) {
        return examples.stream()
                .map(example -> new Lesson(example.prompt(), List.of()))
                .toList();
    }

    private static List<Prompt> prompts(List<Example> examples, List<Integer> some) {
        return some.stream().map(i -> examples.get(i).prompt()).toList();
    }
}
