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
import java.util.Collections;
import java.util.List;
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
    private final SessionPlan plan;
    private final Drafter drafter;
    private final TokenDecider decider;
    private final SteeringMeters meters;
    private final TextAssembly<TokenLogprob> text;
    private final String echo;
    private final Tally tally = new Tally();
    private final List<Token> prefix = new ArrayList<>();
    private final List<Token> prefixView = Collections.unmodifiableList(prefix);
    private final List<StepExplanation> steps = new ArrayList<>();
    private final SteeringMeters.Stopwatch stopwatch;
    private @Nullable String finishReason;
    private boolean legOver;
    private int drawnInLeg;
    private int prefixOfLeg;
    private int promptTokens = -1;

    SteeringSession(SessionPlan plan, Drafter drafter, TokenDecider decider, String echo, SteeringMeters meters) {
        this.plan = plan;
        this.drafter = drafter;
        this.decider = decider;
        this.meters = meters;
        this.echo = echo;
        this.text = new TextAssembly<>(plan.sampling().stop());
        this.stopwatch = meters.stopwatch();
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
        prefixOfLeg = prefix.size();
        int call = tally.calls++;
        return drafter.draft(prefixView, plan.options(call, prefix.size(), drafter.promptTokens(), isStepwise()))
                .doOnNext(this::arrived)
                .concatMap(this::decide)
                .takeUntil(parts -> legOver)
                .concatMapIterable(Function.identity());
    }

    private boolean isStepwise() {
        return plan.policy().route() == Route.STEPWISE && decider.latched() == null;
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
                            () -> decider.decide(prefixView, drawn.step(), drawn.opaque() ? Unsteered.OPAQUE : null)))
                    .map(this::apply);
        }
        return finished(((DraftEvent.Finished) event).reason());
    }

    private void checkLimits() {
        Limits limits = plan.policy().limits();
        if (tally.calls >= limits.calls()) {
            decider.latch("limits.calls: " + limits.calls() + " reached");
        } else if (tally.replaced >= limits.replacements()) {
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
        boolean resumes = "length".equals(reason) && drawnInLeg > 0 && isStepwise();
        if (!resumes) {
            finishReason = reason;
        }
        return Mono.just(List.of());
    }

    /** The upstream drew an end that came without a record. */
    private Mono<List<AnswerPart>> silentEnd() {
        tally.drafted++;
        Step silent = new Step(new Token(Token.NO_ID, new byte[0]), Double.NaN, Candidates.NONE);
        if (!plan.rereadsEnds() || decider.latched() != null) {
            return decider.decide(prefixView, silent, Unsteered.SILENT_END).map(this::apply);
        }
        tally.endsReread++;
        return drafter.reread(prefixView, plan.options(tally.calls, prefix.size(), drafter.promptTokens(), true))
                .flatMap(candidates -> decider.decide(prefixView, endOf(candidates), null))
                .map(this::apply);
    }

    private static Step endOf(Candidates candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i).isEnd()) {
                return new Step(candidates.token(i), candidates.logprob(i), candidates);
            }
        }
        return new Step(new Token(Token.NO_ID, new byte[0]), Double.NaN, candidates);
    }

    private List<AnswerPart> apply(Decision decision) {
        tally.count(decision);
        meters.decided(decision);
        Token emitted = decision.emitted();
        if (emitted == null) {
            return notEmitted(decision);
        }
        if (plan.explain()) {
            steps.add(Explanations.of(decision, emitted));
        }
        legOver = decision instanceof Decision.Replaced;
        if (emitted.isEnd()) {
            finishReason = "stop";
            return List.of();
        }
        prefix.add(emitted);
        TextAssembly.Piece<TokenLogprob> piece = text.add(emitted.bytes(), logprob(decision, emitted));
        if (text.stopped()) {
            cutWith("stop");
        } else if (plan.limit() != null && prefix.size() >= plan.limit()) {
            finishReason = "length";
        }
        return sent(piece);
    }

    private List<AnswerPart> notEmitted(Decision decision) {
        legOver = true;
        boolean mayAsk = tally.calls <= plan.policy().limits().calls() + TokenDecider.TRIES;
        if (decision instanceof Decision.NothingLeft || !mayAsk) {
            cutWith("content_filter");
        }
        return List.of();
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
        List<AnswerPart> parts = new ArrayList<>(sent(text.finish()));
        int prompt = drafter.promptTokens() > 0 ? drafter.promptTokens() : promptTokens;
        Report report = new Report(tally.books(), prompt, prefix.size(), decider.latched(), List.copyOf(steps));
        parts.add(new AnswerPart.Closed(plan.choice(), finishReason == null ? "stop" : finishReason, report));
        return parts;
    }

    /** However the choice ended: its meters balance where it failed or its client went away, too. */
    private void count() {
        meters.closed(tally.books());
    }
}
