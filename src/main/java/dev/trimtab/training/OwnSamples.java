package dev.trimtab.training;

import dev.trimtab.openai.JsonLines;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Has a closed model write answers as it does by itself, at temperature 1 without truncation: to train a language model on
 * that begins where the closed model is, or for a person to mark what is unwanted.
 *
 * @param said takes progress, one line at a time
 */
public record OwnSamples(AskedModel model, Consumer<String> said) {
    /**
     * Has them written, and writes them to a file, one JSON object a line: the prompt and the answer as its completion.
     * Blocks.
     *
     * @param prompts one JSON object a line; of equal ones one is answered
     * @param each answers to a prompt, ≥ 1
     * @param maxTokens of an answer, ≥ 1
     * @return how many were written; an answer without text is none, nor is one that has not ended
     * @throws IllegalArgumentException that names each bad line of the prompts
     * @throws IOException where a file cannot be read or written
     * @throws dev.trimtab.openai.ApiException where the upstream fails; what it has shown is kept
     */
    public int write(Path prompts, int each, int maxTokens, Path out) throws IOException {
        List<Example> questions =
                JsonLines.read(prompts, Example::question).stream().distinct().toList();
        List<Lesson> lessons = model.ask(said, collecting -> collecting.own(questions, each, maxTokens));
        List<String> lines = new ArrayList<>();
        int cut = 0;
        for (int i = 0; i < lessons.size(); i++) {
            List<Token> answer =
                    lessons.get(i).steps().stream().map(Step::drawn).toList();
            Example answered = questions.get(i / each).answered(answer);
            if (isCut(answer)) {
                cut++;
            } else if (!answered.completion().isEmpty()) {
                lines.add(answered.json().toString());
            }
        }
        if (cut > 0) {
            said.accept("left out: " + cut + " answers that do not end within " + maxTokens + " tokens");
        }
        Files.createDirectories(out.toAbsolutePath().getParent());
        Files.write(out, lines);
        return lines.size();
    }

    private static boolean isCut(List<Token> answer) {
        return answer.isEmpty() || !answer.get(answer.size() - 1).isEnd();
    }
}
