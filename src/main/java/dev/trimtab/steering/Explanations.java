package dev.trimtab.steering;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a decision into words for a client that asked for them. */
final class Explanations {
    private Explanations() {}

    static StepExplanation of(Decision decision, Token emitted) {
        Weighed weighed = decision.weighed();
        boolean replaced = decision instanceof Decision.Replaced;
        String reason =
                decision instanceof Decision.PassedOn passed ? passed.reason().label() : null;
        return new StepExplanation(
                weighed.index(),
                Utf8.text(emitted),
                replaced ? "replaced" : reason == null ? "kept" : "unsteered",
                reason,
                replaced ? Utf8.text(weighed.step().drawn()) : null,
                weighed.law().drift(),
                weighed.law().suppressedMass(),
                candidates(weighed));
    }

    private static List<StepExplanation.Candidate> candidates(Weighed weighed) {
        Candidates shown = weighed.step().candidates();
        ScoredStep scored = weighed.scored();
        List<StepExplanation.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            candidates.add(new StepExplanation.Candidate(
                    Utf8.text(shown.token(i)),
                    shown.logprob(i),
                    weighed.law().steerable(i) ? scored.score()[i] : null,
                    lowering(scored.lowering()[i])));
        }
        return candidates;
    }

    private static @Nullable Double lowering(double nats) {
        return nats == 0 ? null : Math.max(nats, -1e308);
    }
}
