package dev.trimtab.steering;

import dev.trimtab.steering.PhraseGuard.Hit;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.Step;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import org.jspecify.annotations.Nullable;

/** Weighs the steps of one answer by the law: what the scorers say, what the policy and the client lower, what is forbidden. */
final class StepWeighing {
    private final SessionPlan plan;
    private final PhraseGuard guard;
    private final Penalties penalties;
    private final SteeringMeters meters;
    private boolean mayClose;

    /** @param mayClose whether the law may take a truncated support for known */
    StepWeighing(SessionPlan plan, PhraseGuard guard, Penalties penalties, SteeringMeters meters, boolean mayClose) {
        this.plan = plan;
        this.guard = guard;
        this.penalties = penalties;
        this.meters = meters;
        this.mayClose = mayClose;
    }

    /** What is said of a step that no scorer is asked about. */
    static StepScoring.Sum silent(Step step) {
        return StepScoring.Sum.zero(step.candidates().size());
    }

    /**
     * Weighs a step behind the tokens that the guard was told of.
     *
     * @param index of the step in its answer
     * @param steered false where only what is forbidden counts
     */
    Weighed weigh(int index, Step step, StepScoring.Sum sum, boolean steered) {
        ScoredStep scored = scored(step.candidates(), sum, steered, plan.isLast(index));
        StepLaw law = StepLaw.of(scored, plan.draftLaw(), mayClose);
        if (law.impossible(step.candidates().indexOf(step.drawn()))) {
            mayClose = false;
            law = StepLaw.of(scored, plan.draftLaw(), false);
        }
        return new Weighed(index, step, scored, law);
    }

    private ScoredStep scored(Candidates candidates, StepScoring.Sum sum, boolean steered, boolean last) {
        int k = candidates.size();
        ScoredStep step = new ScoredStep(
                new double[k], new double[k], new double[k], new double[k], new double[k], new boolean[k]);
        for (int i = 0; i < k; i++) {
            Token token = candidates.token(i);
            double said = sum.score()[i];
            boolean forbidden = said == Double.NEGATIVE_INFINITY;
            boolean known = !Double.isNaN(said);
            double levered = steered ? plan.levers().score(token) : 0;
            step.shown()[i] = candidates.logprob(i);
            step.hiddenBias()[i] = plan.levers().hiddenBias(token);
            step.lowering()[i] = forbidden ? said : guarded(token, steered, last);
            step.score()[i] = forbidden || !known ? 0 : said + levered;
            step.movingScore()[i] = forbidden || !known ? 0 : sum.moving()[i] + (plan.steersEnds() ? levered : 0);
            step.eligible()[i] = known && canBeDrawn(token);
        }
        return step;
    }

    private double guarded(Token candidate, boolean steered, boolean last) {
        Hit hit = guard.hit(candidate, last);
        if (hit != null) {
            meters.lowered(hit.rule());
        }
        return lowering(candidate, hit, steered);
    }

    /** Nats; of a step that is not steered, only what is forbidden is left. */
    double lowering(Token token, @Nullable Hit hit, boolean steered) {
        if (hit != null || guard.bans(token)) {
            return Double.NEGATIVE_INFINITY;
        }
        double policy = plan.levers().lowering(token);
        return steered ? policy + penalties.lowering(token) : policy == Double.NEGATIVE_INFINITY ? policy : 0;
    }

    /** Behind a part of a character nothing can: the rest of it has to come from the upstream. */
    private boolean canBeDrawn(Token token) {
        if (plan.endsInside(guard.tokens())) {
            return false;
        }
        if (token.isEnd()) {
            return plan.steersEnds();
        }
        return !plan.needsWholeCharacters() || Utf8.isWhole(token.bytes());
    }
}
