package dev.trimtab.upstream;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads an answer out of the records of a prompt that came back. */
final class Echo {
    private Echo() {}

    /**
     * The steps of an answer's tokens and of its end, or null where the records are not those of the prompt.
     *
     * @param all one for each of the prompt's tokens, the answer's, and one for a token drawn behind, unless that is an end
     *     that comes without
     */
    static @Nullable List<Step> steps(List<Step> all, int prompt, List<Token> answer) {
        int behind = prompt + answer.size();
        if (all.size() < behind || all.size() > behind + 1) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < answer.size(); i++) {
            Step shown = all.get(prompt + i);
            Token own = answer.get(i);
            if (!Arrays.equals(shown.drawn().bytes(), own.bytes())) {
                return null;
            }
            steps.add(new Step(own, shown.logprob(), shown.candidates()));
        }
        steps.add(ForcedAnswer.end(all.size() > behind ? all.get(behind).candidates() : Candidates.NONE));
        return steps;
    }
}
