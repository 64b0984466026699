package dev.trimtab.steering;

import dev.trimtab.scoring.Session.ContextExceededException;
import dev.trimtab.steering.PhraseGuard.Hit;
import dev.trimtab.token.Coins;
import dev.trimtab.token.Step;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Decides one drafted token of a choice at a time: scores its step, weighs it by the law, tosses the coins. Holds the
 * latch: once steering has failed, tokens pass unscored to the answer's end, and only what is forbidden stays forbidden.
 */
final class TokenDecider implements AutoCloseable {
    /** How often one step is asked again before its token is drawn from S instead. */
    static final int TRIES = 8;

    private final SessionPlan plan;
    private final StepScoring scoring;
    private final PhraseGuard guard;
    private final StepWeighing weighing;
    private final SteeringMeters meters;
    private final Coins coins;
    private final Latch latch;
    private int attempt;
    private int triesHere;

    TokenDecider(SessionPlan plan, StepScoring scoring, PhraseGuard guard, Penalties penalties, SteeringMeters meters) {
        this.plan = plan;
        this.scoring = scoring;
        this.guard = guard;
        this.weighing = new StepWeighing(plan, guard, penalties, meters, plan.resumes());
        this.latch = new Latch(plan.policy(), meters);
        this.meters = meters;
        this.coins = plan.coins();
    }

    /** Why steering stopped on the way, or null. */
    @Nullable
    String latched() {
        return latch.reason();
    }

    /** Stops scoring for the rest of the answer, or fails it, as the policy says. */
    void latch(String reason) {
        latch.close(reason);
    }

    /**
     * Decides a drafted token.
     *
     * @param prefix the answer's tokens before it
     * @param unsteered why it cannot be scored, or null
     */
    Mono<Decision> decide(List<Token> prefix, Step step, @Nullable Unsteered unsteered) {
        if (unsteered == null && latch.reason() != null) {
            unsteered = Unsteered.LATCHED;
        }
        if (unsteered == null && step.candidates().isEmpty()) {
            unsteered = Unsteered.OPAQUE;
        }
        int index = prefix.size();
        if (unsteered != null || scoring.isEmpty()) {
            Unsteered reason = unsteered;
            return Mono.fromSupplier(() -> weigh(index, step, StepWeighing.silent(step), reason));
        }
        return scoring.score(prefix, step)
                .map(sum -> weigh(index, step, sum, null))
                .onErrorResume(failure -> Mono.fromSupplier(() -> failed(index, step, failure)));
    }

    private Decision failed(int index, Step step, Throwable failure) {
        if (failure instanceof ContextExceededException) {
            return weigh(index, step, StepWeighing.silent(step), Unsteered.CONTEXT);
        }
        latch.close(failure);
        return weigh(index, step, StepWeighing.silent(step), Unsteered.LATCHED);
    }

    private Decision weigh(int index, Step step, StepScoring.Sum sum, @Nullable Unsteered unsteered) {
        Weighed weighed = weighing.weigh(index, step, sum, unsteered == null);
        Hit hit = guard.hit(step.drawn(), plan.isLast(index));
        if (hit != null) {
            meters.hit(hit.rule());
            if (weighed.scored().allowedShare() < plan.policy().negative().floor() && mayGoBack(hit)) {
                return goneBack(weighed, hit);
            }
        }
        return tossed(weighed, step.candidates().indexOf(step.drawn()), hit, unsteered);
    }

    /** True where the answer may go back to the token that holds a phrase's first byte. */
    boolean mayGoBack(Hit hit) {
        return guard.canTakeBack(hit) && plan.resumesBehind(hit.token());
    }

    private Decision goneBack(Weighed weighed, Hit hit) {
        attempt++;
        triesHere = 0;
        return new Decision.GoneBack(weighed, hit);
    }

    private Decision tossed(Weighed weighed, int place, @Nullable Hit hit, @Nullable Unsteered unsteered) {
        StepLaw law = weighed.law();
        int index = weighed.index();
        double lowering = weighing.lowering(weighed.step().drawn(), hit, unsteered == null);
        if (coins.toss(index, attempt, Coins.Purpose.THIN) < law.thinned(place, lowering)) {
            return thinned(weighed, lowering, hit, unsteered);
        }
        if (coins.toss(index, attempt, Coins.Purpose.STAND) >= law.stands(place)) {
            int other = law.replacement(coins.toss(index, attempt, Coins.Purpose.REPLACE));
            if (other != StepLaw.NOWHERE && other != place) {
                return decided(new Decision.Replaced(
                        weighed, weighed.step().candidates().token(other), false));
            }
        }
        return lowering == Double.NEGATIVE_INFINITY
                ? thinned(weighed, lowering, hit, unsteered)
                : kept(weighed, unsteered);
    }

    private Decision thinned(Weighed weighed, double lowering, @Nullable Hit hit, @Nullable Unsteered unsteered) {
        attempt++;
        boolean greedy = plan.draftLaw().isGreedy();
        if (!greedy && plan.resumesBehind(weighed.index()) && ++triesHere <= TRIES) {
            return new Decision.AskAgain(weighed);
        }
        int place = plan.resumes()
                ? weighed.law().fallback(coins.toss(weighed.index(), attempt, Coins.Purpose.FALLBACK))
                : StepLaw.NOWHERE;
        if (place != StepLaw.NOWHERE) {
            return decided(
                    new Decision.Replaced(weighed, weighed.step().candidates().token(place), !greedy));
        }
        if (lowering != Double.NEGATIVE_INFINITY) {
            return kept(weighed, unsteered);
        }
        return hit != null && mayGoBack(hit) ? goneBack(weighed, hit) : decided(new Decision.NothingLeft(weighed, hit));
    }

    private Decision kept(Weighed weighed, @Nullable Unsteered unsteered) {
        return decided(unsteered == null ? new Decision.Kept(weighed) : new Decision.PassedOn(weighed, unsteered));
    }

    private Decision decided(Decision decision) {
        triesHere = 0;
        return decision;
    }

    @Override
    public void close() {
        scoring.close();
    }
}
