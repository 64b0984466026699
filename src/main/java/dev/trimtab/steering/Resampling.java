package dev.trimtab.steering;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Coins;
import dev.trimtab.token.LogSpace;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Drafter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One choice of an answer of an upstream that cannot be resumed: whole drafts are gathered and weighed, and one of them is
 * drawn by the {@link ResampledLaw}; where none may get out, more are asked for, a few times, before the answer ends as
 * {@code content_filter}. Nothing is sent before it is drawn. Confined to one subscription.
 */
final class Resampling {
    /** How often drafts are asked for where none of them may get out. */
    static final int ROUNDS = 8;

    private final SessionPlan plan;
    private final ResampledLaw law;
    private final DraftGathering gathering;
    private final DraftWeighing weighing;
    private final Tally tally = new Tally();
    private final SteeringMeters meters;
    private final SteeringMeters.Stopwatch stopwatch;
    private final Prompts prompt;
    private final Coins coins;
    private final Set<List<Token>> distinct = new HashSet<>();
    private int drafts;
    private @Nullable Double effectiveSampleSize;

    Resampling(SessionPlan plan, ResampledLaw law, Drafter drafter, Prompts prompt, SteeringMeters meters) {
        this.plan = plan;
        this.law = law;
        this.meters = meters;
        this.prompt = prompt;
        this.gathering = new DraftGathering(plan, drafter, tally);
        this.weighing = new DraftWeighing(plan, law, prompt, meters);
        this.stopwatch = meters.stopwatch();
        this.coins = plan.coins();
    }

    Flux<AnswerPart> run() {
        return round(0).flatMapIterable(this::emitted)
                .doOnTerminate(this::count)
                .doOnCancel(this::count)
                .doFinally(signal -> weighing.close());
    }

    private Mono<WeighedDraft> round(int round) {
        return gathering
                .gather(plan.policy().limits().drafts())
                .doOnNext(gathered -> {
                    drafts += gathered.size();
                    gathered.forEach(draft -> distinct.add(draft.tokens()));
                })
                .flatMap(weighing::weigh)
                .flatMap(weighed -> {
                    int drawn = law.exact() ? accepted(weighed, round) : drawn(weighed, round);
                    boolean again = round + 1 < ROUNDS
                            && tally.calls < plan.policy().limits().calls();
                    return drawn != StepLaw.NOWHERE
                            ? Mono.just(weighed.get(drawn))
                            : again ? round(round + 1) : Mono.fromSupplier(this::nothing);
                });
    }

    private WeighedDraft nothing() {
        tally.exhausted();
        return WeighedDraft.forbidden();
    }

    /** The first draft that is accepted with its weight. */
    private int accepted(List<WeighedDraft> weighed, int round) {
        for (int i = 0; i < weighed.size(); i++) {
            double coin = coins.toss(i, round, Coins.Purpose.STAND);
            if (coin < Math.exp(weighed.get(i).logWeight())) {
                return i;
            }
        }
        return StepLaw.NOWHERE;
    }

    private int drawn(List<WeighedDraft> weighed, int round) {
        int drawn = LogSpace.draw(
                LogSpace.softmax(
                        weighed.stream().mapToDouble(WeighedDraft::logWeight).toArray()),
                coins.toss(0, round, Coins.Purpose.DRAW));
        if (drawn != StepLaw.NOWHERE) {
            effectiveSampleSize = effectiveSampleSize(weighed);
        }
        return drawn;
    }

    /** (Σw)²/Σw² over distinct drafts, those that may not get out aside. */
    private static double effectiveSampleSize(List<WeighedDraft> weighed) {
        Set<List<Token>> seen = new HashSet<>();
        double[] logWeights = weighed.stream()
                .filter(draft -> seen.add(draft.tokens()))
                .mapToDouble(WeighedDraft::logWeight)
                .toArray();
        double squares = 0;
        for (double share : LogSpace.softmax(logWeights)) {
            squares += share * share;
        }
        return 1 / squares;
    }

    /** The chosen draft as an answer. */
    private List<AnswerPart> emitted(WeighedDraft chosen) {
        List<AnswerPart> parts = new ArrayList<>();
        if (!prompt.echo().isEmpty()) {
            parts.add(new AnswerPart.Piece(plan.choice(), prompt.echo(), List.of()));
        }
        TextAssembly<TokenLogprob> text = new TextAssembly<>(plan.sampling().stop());
        PhraseGuard guard = new PhraseGuard(plan.policy().negative().phrases(), text, prompt.preceding());
        DecidedAnswer answer = new DecidedAnswer(text, guard, new Penalties(0, 0), tally, meters);
        for (Decision decision : chosen.decisions()) {
            add(decision, answer, parts);
        }
        send(answer.finish(), parts);
        Resampled resampled = new Resampled(law, drafts, distinct.size(), effectiveSampleSize);
        meters.resampled(resampled);
        parts.add(new AnswerPart.Closed(
                plan.choice(),
                chosen.finishReason(),
                new Report(
                        tally.books(),
                        gathering.promptTokens(),
                        answer.tokens().size(),
                        plan.continuation(),
                        weighing.latched(),
                        answer.steps(),
                        resampled)));
        return parts;
    }

    private void add(Decision decision, DecidedAnswer answer, List<AnswerPart> parts) {
        Token token = decision.weighed().step().drawn();
        meters.decided(decision);
        StepExplanation explanation = plan.explain() ? Explanations.of(decision, token) : null;
        if (token.isEnd()) {
            answer.end(decision, explanation);
        } else {
            send(answer.add(decision, token, logprob(decision.weighed()), explanation), parts);
        }
    }

    /** As the upstream shows it. */
    private @Nullable TokenLogprob logprob(Weighed weighed) {
        int asked = plan.sampling().topLogprobs();
        ScoredStep shown = ScoredStep.neutral(weighed.scored().shown());
        Weighed asShown = new Weighed(weighed.index(), weighed.step(), shown, weighed.law());
        return asked < 0 ? null : ClientLogprobs.record(asShown, weighed.step().drawn(), asked);
    }

    private void send(TextAssembly.Piece<TokenLogprob> piece, List<AnswerPart> parts) {
        if (!piece.text().isEmpty() || !piece.records().isEmpty()) {
            stopwatch.firstToken();
            parts.add(new AnswerPart.Piece(plan.choice(), piece.text(), piece.records()));
        }
    }

    /** However the choice ended: its meters balance where it failed or its client went away, too. */
    private void count() {
        meters.closed(tally.books());
    }
}
