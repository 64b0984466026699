package dev.trimtab.training;

import dev.trimtab.openai.JsonLines;
import dev.trimtab.policy.Negative;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Answers whose unwanted candidates are marked.
 *
 * @param lessons in their order
 * @param unwanted by lesson, for each step whether each candidate that it shows is
 */
record MarkedAnswers(List<Lesson> lessons, Map<Lesson, boolean[][]> unwanted) {
    private static MarkedAnswers none() {
        return new MarkedAnswers(new ArrayList<>(), new IdentityHashMap<>());
    }

    private void add(Lesson lesson, boolean[][] marks) {
        lessons.add(lesson);
        unwanted.put(lesson, marks);
    }

    /** The prompts that answers are, or are to be, written to, as they stand in their file. */
    static List<Prompt> asked(NegativeSettings settings) throws IOException {
        Path prompts = settings.prompts();
        Stream<Example> examples = prompts == null
                ? JsonLines.read(settings.source(), LabelledAnswer::of).stream().map(LabelledAnswer::example)
                : JsonLines.read(prompts, Example::question).stream();
        return examples.map(Example::prompt).toList();
    }

    /** Answers to prompts that the upstream writes, marked by rules. Blocks. */
    static MarkedAnswers byRules(NegativeSettings settings, Collecting collecting) throws IOException {
        Phrases phrases = Negative.read(settings.source()).phrases();
        List<Example> questions = JsonLines.read(Objects.requireNonNull(settings.prompts()), Example::question);
        MarkedAnswers marked = none();
        List<Lesson> own =
                collecting.own(questions.stream().distinct().toList(), settings.samples(), settings.maxTokens());
        for (Lesson lesson : own) {
            marked.add(lesson, Unwanted.byRules(phrases, preceding(lesson.prompt()), lesson.steps()));
        }
        return marked;
    }

    /** What an answer goes on from: a chat's last message is never the assistant's. */
    private static String preceding(Prompt prompt) {
        return prompt instanceof Prompt.Text text ? text.text() : "";
    }

    /** Answers that are marked already. Blocks. */
    static MarkedAnswers labelled(Path labels, Collecting collecting) throws IOException {
        List<LabelledAnswer> answers = JsonLines.read(labels, LabelledAnswer::of);
        List<Lesson> lessons = collecting.lessons(
                answers.stream().map(LabelledAnswer::example).toList(), example -> List.of(), Map.of());
        MarkedAnswers marked = none();
        for (int i = 0; i < lessons.size(); i++) {
            Lesson lesson = lessons.get(i);
            marked.add(lesson, Unwanted.bySpans(answers.get(i).spans(), lesson.steps()));
        }
        return marked;
    }

    boolean[][] of(Lesson lesson) {
        return Objects.requireNonNull(unwanted.get(lesson));
    }

    /** How many steps have unwanted candidates. */
    long steps() {
        return lessons.stream().mapToLong(lesson -> Unwanted.steps(of(lesson))).sum();
    }

    List<Prompt> prompts() {
        return lessons.stream().map(Lesson::prompt).toList();
    }

    /** Those at some places. */
    MarkedAnswers at(List<Integer> places) {
        MarkedAnswers some = none();
        places.stream().map(lessons::get).forEach(lesson -> some.add(lesson, of(lesson)));
        return some;
    }
}
