package dev.trimtab.training;

import dev.trimtab.model.PromptTemplate;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.scoring.Prompt;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A text in a model's tokens, cut to its context.
 *
 * @param ids the prompt, the completion and the end
 * @param first the last token of the prompt: what comes behind it counts
 */
record ReadText(int[] ids, int first) {
    static ReadText of(Example example, Tokenizer tokenizer, PromptTemplate template, int context) {
        int[] prompt = prompt(example.prompt(), tokenizer, template);
        int end = template.end(tokenizer);
        int[] completion = tokenizer.encode(example.completion());
        int[] whole = IntStream.concat(
                        IntStream.concat(Arrays.stream(prompt), Arrays.stream(completion)), IntStream.of(end))
                .toArray();
        int kept = Math.min(whole.length, context + 1);
        return new ReadText(Arrays.copyOf(whole, kept), Math.min(prompt.length, kept) - 1);
    }

    /** A prompt in a model's tokens, at least one. */
    static int[] prompt(Prompt prompt, Tokenizer tokenizer, PromptTemplate template) {
        if (prompt instanceof Prompt.Chat chat) {
            return template.render(
                    chat.turns().stream()
                            .map(turn -> new PromptTemplate.Part(turn.role(), turn.content()))
                            .toList(),
                    tokenizer);
        }
        int[] ids = tokenizer.encode(((Prompt.Text) prompt).text());
        return ids.length == 0 ? new int[] {template.end(tokenizer)} : ids;
    }

    /** How many tokens count. */
    int counted() {
        return ids.length - 1 - first;
    }
}
