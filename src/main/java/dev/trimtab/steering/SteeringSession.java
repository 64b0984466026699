package dev.trimtab.steering;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.openai.Usage;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Route;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.DraftEvent;
import dev.trimtab.upstream.Drafter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One choice of an answer, from its first draft to its report. Confined to one subscription: signals arrive one after
 * another, so its state needs no lock.
 *
 * <p>A leg is one upstream call: it is cut where a token does not stand, and the next leg resumes behind what was emitted. A
 * leg that the upstream ends itself is read to its end, for the usage that comes last and so that its connection can be used
 * again.
 */
final class SteeringSession {
    /** A token that is only part of a character may come without a record, until those that complete it come too. */
    /** A character has four bytes at most, and a token one at least. */
    private static final int REST_OF_A_CHARACTER = 3;

    private final SessionPlan plan;
    private final Drafter drafter;
    private final TokenDecider decider;
    private final PhraseGuard guard;
    private final DecidedAnswer answer;
    private final Tally tally = new Tally();
    private final SteeringMeters meters;
    private final String echo;
    private final SteeringMeters.Stopwatch stopwatch;
    private Map<Integer, Double> bansOfNextLeg = Map.of();
    private @Nullable String finishReason;
    private boolean legOver;
    private boolean legBounded;
    private boolean counted;
    private boolean cutsBoundedDrafts;
    private int mostOfLeg;
    private int drawnInLeg;
    private int prefixOfLeg;
    private int promptTokens = -1;

    SteeringSession(SessionPlan plan, Drafter drafter, Prompts prompt, SteeringMeters meters) {
        this.plan = plan;
        this.drafter = drafter;
        this.meters = meters;
        this.echo = prompt.echo();
        this.cutsBoundedDrafts = plan.needsWholeCharacters();
        this.stopwatch = meters.stopwatch();
        TextAssembly<TokenLogprob> text = new TextAssembly<>(plan.sampling().stop());
        Penalties penalties =
                new Penalties(plan.sampling().presencePenalty(), plan.sampling().frequencyPenalty());
        this.guard = new PhraseGuard(plan.policy().negative().phrases(), text, prompt.preceding());
        this.answer = new DecidedAnswer(text, guard, penalties, tally, meters);
        StepScoring scoring = new StepScoring(plan, prompt.forScorers());
        this.decider = new TokenDecider(plan, scoring, guard, penalties, meters);
    }

    Flux<AnswerPart> run() {
        Flux<AnswerPart> echoed =
                echo.isEmpty() ? Flux.empty() : Flux.just(new AnswerPart.Piece(plan.choice(), echo, List.of()));
        return echoed.concatWith(Flux.defer(this::leg).repeat(() -> finishReason == null))
                .concatWith(Flux.defer(() -> Flux.fromIterable(close())))
                .doOnTerminate(this::count)
                .doOnCancel(this::count)
                .doFinally(signal -> decider.close());
    }

    private Flux<AnswerPart> leg() {
        legOver = false;
        drawnInLeg = 0;
        prefixOfLeg = tokens().size();
        tally.resent += prefixOfLeg;
        return drafter.draft(tokens(), nextOptions())
                .doOnNext(this::arrived)
                .concatMap(this::decide)
                .takeUntil(parts -> legOver)
                .concatMapIterable(Function.identity());
    }

    private Drafter.DraftOptions nextOptions() {
        Map<Integer, Double> bans = bansOfNextLeg;
        bansOfNextLeg = Map.of();
        mostOfLeg = bans.isEmpty() ? longestDraft() : 1;
        legBounded = mostOfLeg != SessionPlan.UNBOUNDED;
        int asked = legBounded && cutsBoundedDrafts ? mostOfLeg + REST_OF_A_CHARACTER : mostOfLeg;
        Drafter.DraftOptions options = plan.options(tally.calls++, tokens().size(), drafter.promptTokens(), asked);
        return bans.isEmpty() ? options : options.with(bans);
    }

    private List<Token> tokens() {
        return answer.tokens();
    }

    private int longestDraft() {
        if (decider.latched() != null) {
            return SessionPlan.UNBOUNDED;
        }
        return plan.policy().route() == Route.STEPWISE ? 1 : plan.longestDraft(tokens().size());
    }

    /** True where a draft that may run on for the rest of a character has brought what was asked of it. */
    private boolean isFullLeg() {
        boolean brought = tokens().size() - prefixOfLeg >= mostOfLeg;
        return legBounded && cutsBoundedDrafts && brought && plan.resumesBehind(tokens());
    }

    private void arrived(DraftEvent event) {
        if (event instanceof DraftEvent.Drawn) {
            tally.drafted++;
            drawnInLeg++;
        }
    }

    private Mono<List<AnswerPart>> decide(DraftEvent event) {
        if (event instanceof DraftEvent.Counted counted) {
            return Mono.fromSupplier(() -> counted(counted.usage()));
        }
        if (finishReason != null) {
            return Mono.just(List.of());
        }
        if (event instanceof DraftEvent.Drawn drawn) {
            return Mono.fromRunnable(this::checkLimits)
                    .then(Mono.defer(
                            () -> decider.decide(tokens(), drawn.step(), drawn.opaque() ? Unsteered.OPAQUE : null)))
                    .map(this::apply);
        }
        return finished(((DraftEvent.Finished) event).reason());
    }

    private void checkLimits() {
        Limits limits = plan.policy().limits();
        if (tally.calls >= limits.calls()) {
            decider.latch("limits.calls: " + limits.calls() + " reached");
        } else if (tally.replacements >= limits.replacements()) {
            decider.latch("limits.replacements: " + limits.replacements() + " reached");
        }
    }

    private List<AnswerPart> counted(Usage usage) {
        if (promptTokens < 0) {
            promptTokens = usage.promptTokens() - prefixOfLeg;
        }
        return List.of();
    }

    private Mono<List<AnswerPart>> finished(String reason) {
        if ("stop".equals(reason)) {
            return silentEnd();
        }
        boolean broughtNothing = drawnInLeg == 0 && cutsBoundedDrafts;
        boolean resumes = "length".equals(reason) && legBounded && !broughtNothing && plan.resumesBehind(tokens());
        if (!resumes) {
            endBehindTheLast(reason);
        } else if (drawnInLeg == 0) {
            cutsBoundedDrafts = true;
        }
        return Mono.just(List.of());
    }

    /** The upstream goes on no more; where the text may not end here, it is taken back to where it may go on otherwise. */
    private void endBehindTheLast(String reason) {
        PhraseGuard.Hit hit = guard.hitAtEnd();
        if (hit == null) {
            finishReason = reason;
            return;
        }
        meters.hit(hit.rule());
        if (decider.mayGoBack(hit) && mayCall()) {
            goBack(hit);
        } else {
            cutWith("content_filter");
        }
    }

    /** The upstream drew an end that came without a record. */
    private Mono<List<AnswerPart>> silentEnd() {
        tally.drafted++;
        Step silent = new Step(Token.END, Double.NaN, Candidates.NONE);
        if (!plan.rereadsEnds() || decider.latched() != null || plan.endsInside(tokens())) {
            return decider.decide(tokens(), silent, Unsteered.SILENT_END).map(this::apply);
        }
        tally.endsReread++;
        tally.resent += tokens().size();
        return drafter.reread(tokens(), plan.options(tally.calls, tokens().size(), drafter.promptTokens(), 1))
                .flatMap(candidates -> decider.decide(tokens(), endOf(candidates), null))
                .map(this::apply);
    }

    private static Step endOf(Candidates candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i).isEnd()) {
                return new Step(candidates.token(i), candidates.logprob(i), candidates);
            }
        }
        return new Step(Token.END, Double.NaN, candidates);
    }

    private List<AnswerPart> apply(Decision decision) {
        tally.decided(decision);
        meters.decided(decision);
        plan.runs()
                .decided(tokens().size(), decision instanceof Decision.Kept || decision instanceof Decision.PassedOn);
        Token emitted = decision.emitted();
        if (emitted == null) {
            notEmitted(decision);
            return List.of();
        }
        legOver = decision instanceof Decision.Replaced;
        StepExplanation explanation = plan.explain() ? Explanations.of(decision, emitted) : null;
        if (emitted.isEnd()) {
            finishReason = "stop";
            answer.end(decision, explanation);
            return List.of();
        }
        TextAssembly.Piece<TokenLogprob> piece = answer.add(decision, emitted, logprob(decision, emitted), explanation);
        legOver |= isFullLeg();
        if (answer.stopped()) {
            cutWith("stop");
        } else if (plan.isLast(tokens().size() - 1)) {
            finishReason = "length";
        }
        return sent(piece);
    }

    private void notEmitted(Decision decision) {
        legOver = true;
        if (decision instanceof Decision.NothingLeft nothing) {
            if (nothing.hit() != null) {
                meters.withheld(nothing.hit().rule());
            }
            cutWith("content_filter");
        } else if (!mayCall()) {
            cutWith("content_filter");
        } else if (decision instanceof Decision.GoneBack back) {
            goBack(back.hit());
        } else {
            bansOfNextLeg = plan.levers().bans(decision.weighed());
        }
    }

    private void goBack(PhraseGuard.Hit hit) {
        legOver = true;
        meters.goneBack(hit.rule(), tokens().size() - hit.token());
        answer.goBack(hit.token());
    }

    /** Beyond its limit of calls an answer may still ask again for what is forbidden, a few times. */
    private boolean mayCall() {
        return tally.calls <= plan.policy().limits().calls() + TokenDecider.TRIES;
    }

    private @Nullable TokenLogprob logprob(Decision decision, Token emitted) {
        int asked = plan.sampling().topLogprobs();
        return asked < 0 ? null : ClientLogprobs.record(decision.weighed(), emitted, asked);
    }

    private List<AnswerPart> sent(TextAssembly.Piece<TokenLogprob> piece) {
        if (piece.text().isEmpty() && piece.records().isEmpty()) {
            return List.of();
        }
        stopwatch.firstToken();
        return List.of(new AnswerPart.Piece(plan.choice(), piece.text(), piece.records()));
    }

    /** Ends the answer although the upstream goes on. */
    private void cutWith(String reason) {
        finishReason = reason;
        legOver = true;
    }

    private List<AnswerPart> close() {
        PhraseGuard.Hit hit = answer.withhold();
        if (hit != null) {
            meters.withheld(hit.rule());
            finishReason = "content_filter";
        }
        List<AnswerPart> parts = new ArrayList<>(sent(answer.finish()));
        int prompt = drafter.promptTokens() > 0 ? drafter.promptTokens() : promptTokens;
        Report report = new Report(
                tally.books(), prompt, tokens().size(), plan.continuation(), decider.latched(), answer.steps(), null);
        parts.add(new AnswerPart.Closed(plan.choice(), finishReason == null ? "stop" : finishReason, report));
        return parts;
    }

    /** However the choice ended, once: its meters balance where it failed or its client went away, too. */
    private void count() {
        if (!counted) {
            counted = true;
            meters.closed(tally.books());
        }
    }
}
