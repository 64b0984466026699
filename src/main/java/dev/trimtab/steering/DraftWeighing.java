package dev.trimtab.steering;

import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Step;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.DraftEvent.Drawn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Weighs whole drafts of one choice by a {@link ResampledLaw}, one after another. */
final class DraftWeighing implements AutoCloseable {
    private final SessionPlan plan;
    private final ResampledLaw law;
    private final Prompts prompt;
    private final StepScoring scoring;
    private final SteeringMeters meters;
    private final Latch latch;

    DraftWeighing(SessionPlan plan, ResampledLaw law, Prompts prompt, SteeringMeters meters) {
        this.plan = plan;
        this.law = law;
        this.prompt = prompt;
        this.scoring = new StepScoring(plan, prompt.forScorers());
        this.meters = meters;
        this.latch = new Latch(plan.policy(), meters);
    }

    /** Why steering stopped on the way, or null. */
    @Nullable
    String latched() {
        return latch.reason();
    }

    /** Weighs drafts; where scoring one of them fails, all of them are weighed without scores, as the policy says. */
    Mono<List<WeighedDraft>> weigh(List<Draft> drafts) {
        Mono<List<WeighedDraft>> silently =
                Mono.fromSupplier(() -> drafts.stream().map(this::silent).toList());
        if (latch.reason() != null) {
            return silently;
        }
        return Flux.fromIterable(drafts).concatMap(this::weigh).collectList().onErrorResume(failure -> {
            latch.close(failure);
            return silently;
        });
    }

    private Mono<WeighedDraft> weigh(Draft draft) {
        if (law == ResampledLaw.SCORED) {
            return read(new Walk(draft, List.of()));
        }
        List<Step> steps = draft.drawn().stream().map(Drawn::step).toList();
        return scoring.scoreAsFarAsRead(steps).map(sums -> new Walk(draft, sums).weighed());
    }

    private WeighedDraft silent(Draft draft) {
        return new Walk(draft, List.of()).weighed();
    }

    /** The text's own scores, and what the policy's bias says of the tokens that a scorer reads in it. */
    private Mono<WeighedDraft> read(Walk walk) {
        WeighedDraft walked = walk.weighed();
        if (walked.logWeight() == Double.NEGATIVE_INFINITY) {
            return Mono.just(walked);
        }
        String text = walk.text();
        double biased = plan.levers().unpushed().isEmpty() ? 0 : biased(text);
        return scoring.scoreText(text, walk.ended)
                .map(scored -> new WeighedDraft(
                        walked.decisions(),
                        walked.finishReason(),
                        walked.logWeight() + (scored + biased) / plan.temperature()));
    }

    private double biased(String text) {
        return scoring.tokens(text).stream()
                .mapToDouble(plan.levers().unpushed()::nats)
                .sum();
    }

    @Override
    public void close() {
        scoring.close();
    }

    /** One draft, token by token, as far as the answer would go. */
    private final class Walk {
        private final Draft draft;
        private final List<StepScoring.Sum> sums;
        private final TextAssembly<TokenLogprob> text =
                new TextAssembly<>(plan.sampling().stop());
        private final PhraseGuard guard =
                new PhraseGuard(plan.policy().negative().phrases(), text, prompt.preceding());
        private final Penalties penalties =
                new Penalties(plan.sampling().presencePenalty(), plan.sampling().frequencyPenalty());
        private final StepWeighing weighing = new StepWeighing(plan, guard, penalties, meters, false);
        private final List<Decision> decisions = new ArrayList<>();
        private double logWeight;
        private boolean ended;

        private Walk(Draft draft, List<StepScoring.Sum> sums) {
            this.draft = draft;
            this.sums = sums;
        }

        private WeighedDraft weighed() {
            String reason = null;
            for (int i = 0; i < draft.drawn().size() && reason == null; i++) {
                Drawn drawn = draft.drawn().get(i);
                if (forbids(guard.hit(drawn.step().drawn(), plan.isLast(i))) || weighsNothing(i, drawn)) {
                    return WeighedDraft.forbidden();
                }
                reason = added(i, drawn.step().drawn());
            }
            if (reason == null && forbids(guard.hitAtEnd())) {
                return WeighedDraft.forbidden();
            }
            return new WeighedDraft(decisions, reason == null ? draft.finishReason() : reason, logWeight);
        }

        private boolean forbids(PhraseGuard.@Nullable Hit hit) {
            if (hit != null) {
                meters.hit(hit.rule());
            }
            return hit != null;
        }

        private boolean weighsNothing(int index, Drawn drawn) {
            Unsteered unsteered = unsteered(index, drawn);
            Step step = drawn.step();
            StepScoring.Sum sum =
                    unsteered == null && index < sums.size() ? sums.get(index) : StepWeighing.silent(step);
            Weighed weighed = weighing.weigh(index, step, sum, unsteered == null);
            double lowering = weighing.lowering(step.drawn(), null, unsteered == null);
            int place = step.candidates().indexOf(step.drawn());
            logWeight += law == ResampledLaw.PER_STEP
                    ? weighed.law().logRatio(place, lowering)
                    : lowering / plan.temperature();
            boolean read = law == ResampledLaw.SCORED && latch.reason() == null;
            decisions.add(
                    unsteered == null || read ? new Decision.Kept(weighed) : new Decision.PassedOn(weighed, unsteered));
            return logWeight == Double.NEGATIVE_INFINITY;
        }

        private @Nullable Unsteered unsteered(int index, Drawn drawn) {
            if (latch.reason() != null) {
                return Unsteered.LATCHED;
            }
            if (drawn.step().drawn().isEnd() && drawn.step().candidates().isEmpty()) {
                return Unsteered.SILENT_END;
            }
            if (drawn.opaque() || drawn.step().candidates().isEmpty()) {
                return Unsteered.OPAQUE;
            }
            return index < sums.size() ? null : Unsteered.CONTEXT;
        }

        /** Why the answer ends behind a token, or null where it goes on. */
        private @Nullable String added(int index, Token token) {
            if (token.isEnd()) {
                ended = true;
                return "stop";
            }
            text.append(token.bytes(), null);
            guard.add(token);
            penalties.emitted(token);
            return text.stopped() ? "stop" : plan.isLast(index) ? "length" : null;
        }

        private String text() {
            return text.stopped()
                    ? text.release(text.end()).text()
                    : text.finish().text();
        }
    }
}
