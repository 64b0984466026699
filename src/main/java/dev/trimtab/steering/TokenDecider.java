package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.scoring.Session.ContextExceededException;
import dev.trimtab.steering.PhraseGuard.Hit;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Coins;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.Step;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Decides one drafted token of a choice at a time: scores its step, weighs it by the law, tosses the coins. Holds the
 * latch: once steering has failed, tokens pass unscored to the answer's end, and only what is forbidden stays forbidden.
 */
final class TokenDecider implements AutoCloseable {
    /** How often one step is asked again before its token is drawn from S instead. */
    static final int TRIES = 8;

    private static final Logger LOG = LoggerFactory.getLogger(TokenDecider.class);

    private final SessionPlan plan;
    private final StepScoring scoring;
    private final PhraseGuard guard;
    private final Penalties penalties;
    private final SteeringMeters meters;
    private final Coins coins;
    private @Nullable String latched;
    private boolean mayClose;
    private int attempt;
    private int triesHere;

    TokenDecider(SessionPlan plan, StepScoring scoring, PhraseGuard guard, Penalties penalties, SteeringMeters meters) {
        this.plan = plan;
        this.scoring = scoring;
        this.guard = guard;
        this.penalties = penalties;
        this.meters = meters;
        this.coins = plan.coins();
        this.mayClose = plan.resumes();
    }

    /** Why steering stopped on the way, or null. */
    @Nullable
    String latched() {
        return latched;
    }

    /** Stops scoring for the rest of the answer, or fails it, as the policy says. */
    void latch(String reason) {
        if (latched != null) {
            return;
        }
        latched = reason;
        meters.latched();
        if (plan.policy().failureMode() == FailureMode.CLOSED) {
            throw new ApiException(
                            ErrorKind.INTERNAL,
                            "Steering by policy " + plan.policy().name() + " failed: " + reason + ".")
                    .withCode("steering_failed");
        }
        LOG.warn("policy {} goes on unsteered: {}", plan.policy().name(), reason);
    }

    /**
     * Decides a drafted token.
     *
     * @param prefix the answer's tokens before it
     * @param unsteered why it cannot be scored, or null
     */
    Mono<Decision> decide(List<Token> prefix, Step step, @Nullable Unsteered unsteered) {
        if (unsteered == null && latched != null) {
            unsteered = Unsteered.LATCHED;
        }
        if (unsteered == null && step.candidates().isEmpty()) {
            unsteered = Unsteered.OPAQUE;
        }
        int index = prefix.size();
        if (unsteered != null || scoring.isEmpty()) {
            Unsteered reason = unsteered;
            return Mono.fromSupplier(() -> weigh(index, step, silent(step), reason));
        }
        return scoring.score(prefix, step)
                .map(sum -> weigh(index, step, sum, null))
                .onErrorResume(failure -> Mono.fromSupplier(() -> failed(index, step, failure)));
    }

    private Decision failed(int index, Step step, Throwable failure) {
        if (failure instanceof ApiException known) {
            throw known;
        }
        if (failure instanceof ContextExceededException) {
            return weigh(index, step, silent(step), Unsteered.CONTEXT);
        }
        LOG.debug("a scorer of policy {} failed", plan.policy().name(), failure);
        latch("a scorer failed (" + failure.getClass().getSimpleName() + ")");
        return weigh(index, step, silent(step), Unsteered.LATCHED);
    }

    private static StepScoring.Sum silent(Step step) {
        return StepScoring.Sum.zero(step.candidates().size());
    }

    private Decision weigh(int index, Step step, StepScoring.Sum sum, @Nullable Unsteered unsteered) {
        boolean last = plan.isLast(index);
        ScoredStep scored = scored(step.candidates(), sum, unsteered == null, last);
        StepLaw law = StepLaw.of(scored, plan.draftLaw(), mayClose);
        int place = step.candidates().indexOf(step.drawn());
        if (law.impossible(place)) {
            mayClose = false;
            law = StepLaw.of(scored, plan.draftLaw(), false);
        }
        Hit hit = guard.hit(step.drawn(), last);
        Weighed weighed = new Weighed(index, step, scored, law);
        if (hit != null) {
            meters.hit(hit.rule());
            if (scored.allowedShare() < plan.policy().negative().floor() && mayGoBack(hit)) {
                return goneBack(weighed, hit);
            }
        }
        return tossed(weighed, place, hit, unsteered);
    }

    /** True where the answer may go back to the token that holds a phrase's first byte. */
    boolean mayGoBack(Hit hit) {
        return guard.canTakeBack(hit) && plan.resumesBehind(guard.tokens().subList(0, hit.token()));
    }

    private Decision goneBack(Weighed weighed, Hit hit) {
        attempt++;
        triesHere = 0;
        return new Decision.GoneBack(weighed, hit);
    }

    private Decision tossed(Weighed weighed, int place, @Nullable Hit hit, @Nullable Unsteered unsteered) {
        StepLaw law = weighed.law();
        int index = weighed.index();
        double lowering = lowering(weighed.step().drawn(), hit, unsteered == null);
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
        if (!greedy && plan.resumesBehind(guard.tokens()) && ++triesHere <= TRIES) {
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
            step.movingScore()[i] = forbidden || !known ? 0 : sum.moving()[i] + levered;
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
    private double lowering(Token token, @Nullable Hit hit, boolean steered) {
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

    @Override
    public void close() {
        scoring.close();
    }
}
