package dev.trimtab.demo;

import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.SamplingParameters;
import java.util.List;

/**
 * A request that the model can answer.
 *
 * @param prompts the ids of each prompt, each at least one and at most the model's context
 * @param maxTokens the most tokens of one choice, ≥ 1
 * @param echo whether a choice starts with its prompt
 * @param tokenIds whether the client is told the prompt's ids
 * @param repeated the text of the prompt's last message where a choice starts with it, else empty
 */
record Ask(
        AnswerForm form,
        List<int[]> prompts,
        SamplingParameters sampling,
        int maxTokens,
        boolean echo,
        boolean tokenIds,
        String repeated) {

    int choices() {
        return prompts.size() * sampling.n();
    }

    /** The prompt of a choice. */
    int[] prompt(int choice) {
        return prompts.get(choice / sampling.n());
    }

    boolean isChat() {
        return form == AnswerForm.CHAT;
    }
}
