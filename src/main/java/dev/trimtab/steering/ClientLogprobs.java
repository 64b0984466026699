package dev.trimtab.steering;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The log-probabilities that a client of a steered answer sees: log u(S) + log softmax_S(shown + hidden bias + lowering +
 * score) on S, at temperature 1 and before truncation; elsewhere as the upstream shows them; −9999 for what is unknown or
 * impossible.
 */
final class ClientLogprobs {
    private static final double UNKNOWN = -9999;

    private ClientLogprobs() {}

    /**
     * The record of an emitted token.
     *
     * @param top how many candidates the client asked for, ≥ 0
     */
    static TokenLogprob record(Weighed weighed, Token emitted, int top) {
        Candidates candidates = weighed.step().candidates();
        double[] logprobs = steered(weighed.scored());
        List<TokenLogprob> all = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            all.add(entry(candidates.token(i), logprobs[i], List.of()));
        }
        all.sort(Comparator.comparing(entry -> -entry.logprob()));
        List<TokenLogprob> listed = List.copyOf(all.subList(0, Math.min(top, all.size())));
        int place = candidates.indexOf(emitted);
        double drawn = weighed.step().logprob();
        double own = place >= 0 ? logprobs[place] : Double.isNaN(drawn) ? UNKNOWN : drawn;
        return entry(emitted, own, listed);
    }

    private static TokenLogprob entry(Token token, double logprob, List<TokenLogprob> top) {
        double finite = Double.isInfinite(logprob) ? UNKNOWN : Math.min(0, logprob);
        return new TokenLogprob(Utf8.text(token), token.bytes(), token.id(), finite, top);
    }

    private static double[] steered(ScoredStep step) {
        int k = step.size();
        double[] logprobs = step.shown().clone();
        double before = 0;
        double after = 0;
        for (int i = 0; i < k; i++) {
            if (step.eligible()[i]) {
                before += Math.exp(step.shown()[i]);
                after += Math.exp(changed(step, i));
            }
        }
        for (int i = 0; i < k && after > 0; i++) {
            if (step.eligible()[i]) {
                logprobs[i] = changed(step, i) + Math.log(before) - Math.log(after);
            }
        }
        return logprobs;
    }

    private static double changed(ScoredStep step, int i) {
        return step.shown()[i] + step.hiddenBias()[i] + step.lowering()[i] + step.score()[i];
    }
}
