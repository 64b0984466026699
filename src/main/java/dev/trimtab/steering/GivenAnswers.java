package dev.trimtab.steering;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.Policy;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.DraftLaw;
import dev.trimtab.token.ScoredStep;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Step;
import dev.trimtab.token.StepLaw;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.Token;
import dev.trimtab.token.Utf8;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Upstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Says how likely answers that somebody else wrote are under the law that a policy is served by, from the steps that the
 * upstream shows at their prefixes. Nothing is drawn and no call is made.
 *
 * <p>The law is p of an answer without a latch, limits or asking again. Exact as far as the steps are: what is not shown is
 * taken for untouched by lowerings, and by a pushed bias that the upstream does not show.
 */
public final class GivenAnswers {
    /** The least mass that is taken to be left unshown, since shown log-probabilities are rounded. */
    private static final double LEAST = 1e-6;

    private final Upstream upstream;
    private final boolean biasTold;

    /** @param biasTold whether the steps are those under the pushed bias though the upstream does not show that */
    public GivenAnswers(Upstream upstream, boolean biasTold) {
        this.upstream = upstream;
        this.biasTold = biasTold;
    }

    private Asked asked(GenerationRequest request) {
        Asked asked = upstream.asked(request.model());
        return biasTold ? new Asked(upstream, asked.capabilities().showing(ShownLaw.BIASED)) : asked;
    }

    /**
     * The bias under which the steps of a request's answers have to be shown: what the policy pushes, as far as that is
     * shown or told.
     *
     * @return nats by token id
     */
    public Map<Integer, Double> shownBias(GenerationRequest request, Policy policy) {
        Asked asked = asked(request);
        return asked.capabilities().hidesBias()
                ? Map.of()
                : Levers.of(policy, request.sampling(), asked).pushed();
    }

    /**
     * Weighs an answer to a request at temperature 1, without truncation.
     *
     * @param request without the policy's preface
     * @param steps the answer's tokens as those drawn, each with what is shown at temperature 1 behind the preface, the
     *     conversation and the tokens before it, under {@link #shownBias}; an end may be the last
     */
    public Mono<List<GivenToken>> weigh(GenerationRequest request, Policy policy, List<Step> steps) {
        Asked asked = asked(request);
        SessionPlan plan = plan(request, policy, asked);
        Prompts prompt = Prompts.of(request, policy, asked).get(0);
        return Mono.using(
                () -> new StepScoring(plan, prompt.forScorers()),
                scoring -> scoring.scoreAsFarAsRead(steps).map(sums -> walked(plan, prompt, steps, sums)),
                StepScoring::close);
    }

    private static SessionPlan plan(GenerationRequest request, Policy policy, Asked asked) {
        boolean chat = request instanceof ChatRequest;
        boolean whole = Refusals.resampled(policy, asked.capabilities(), chat);
        return new SessionPlan(
                0,
                policy,
                request.sampling(),
                null,
                0,
                Levers.of(policy, request.sampling(), asked),
                asked.capabilities(),
                asked.drafting(),
                new RunLengths(),
                !whole && asked.capabilities().whyNotResumable(chat) == null,
                false);
    }

    private static List<GivenToken> walked(
            SessionPlan plan, Prompts prompt, List<Step> steps, List<StepScoring.Sum> sums) {
        SteeringMeters uncounted = new SteeringMeters(new SimpleMeterRegistry(), plan.policy());
        Reading reading = Reading.behind(prompt.preceding(), plan, uncounted);
        List<GivenToken> tokens = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            boolean scored = i < sums.size();
            StepWeighing weighing = reading.weighing();
            Weighed weighed = weighing.weigh(i, step, scored ? sums.get(i) : StepWeighing.silent(step), scored);
            PhraseGuard.Hit hit = reading.guard().hit(step.drawn(), false);
            tokens.add(given(plan, weighed, weighing.lowering(step.drawn(), hit, scored), scored));
            if (hit != null) {
                reading = Reading.behind(Utf8.text(step.drawn()), plan, uncounted);
            } else if (!step.drawn().isEnd()) {
                reading.add(step.drawn());
            }
        }
        return tokens;
    }

    /** An answer's text from its start, or from behind a token that is forbidden and was given all the same. */
    private record Reading(TextAssembly<Object> text, PhraseGuard guard, StepWeighing weighing) {
        static Reading behind(String preceding, SessionPlan plan, SteeringMeters uncounted) {
            TextAssembly<Object> text = new TextAssembly<>(List.of());
            PhraseGuard guard = new PhraseGuard(plan.policy().negative().phrases(), text, preceding);
            return new Reading(text, guard, new StepWeighing(plan, guard, new Penalties(0, 0), uncounted, false));
        }

        void add(Token token) {
            text.append(token.bytes(), null);
            guard.add(token);
        }
    }

    private static GivenToken given(SessionPlan plan, Weighed weighed, double lowering, boolean scored) {
        ScoredStep step = weighed.scored();
        Candidates candidates = weighed.step().candidates();
        Token token = weighed.step().drawn();
        double unshown = unshown(step.shown());
        double normaliser = normaliser(step);
        DraftLaw draft = new DraftLaw(1, plan.draftLaw().truncation(), ShownLaw.BIASED, 0);
        StepLaw law = StepLaw.of(withHiddenBias(step, normaliser), draft, false);
        int place = candidates.indexOf(token);
        boolean told = place >= 0 || !Double.isNaN(weighed.step().logprob());
        double logprob = place >= 0
                ? step.shown()[place]
                : told ? weighed.step().logprob() : Math.min(least(step.shown()), Math.log(Math.max(LEAST, unshown)));
        double logDraft = logprob + plan.levers().hiddenBias(token) - normaliser;
        return new GivenToken(
                token, logDraft, told, law.logRatio(place, lowering), scored, law.drift(), law.suppressedMass());
    }

    private static double unshown(double[] shown) {
        double mass = 1;
        for (double logprob : shown) {
            mass -= Math.exp(logprob);
        }
        return Math.max(0, mass);
    }

    private static double least(double[] shown) {
        double least = 0;
        for (double logprob : shown) {
            least = Math.min(least, logprob);
        }
        return least;
    }

    /** log Σ u·e^b, b the bias that is pushed and not shown; 0 where there is none. */
    private static double normaliser(ScoredStep step) {
        double gained = 0;
        for (int i = 0; i < step.size(); i++) {
            gained += Math.exp(step.shown()[i]) * Math.expm1(step.hiddenBias()[i]);
        }
        return Math.log1p(gained);
    }

    private static ScoredStep withHiddenBias(ScoredStep step, double normaliser) {
        double[] shown = new double[step.size()];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = step.shown()[i] + step.hiddenBias()[i] - normaliser;
        }
        return new ScoredStep(
                shown, new double[shown.length], step.lowering(), step.score(), step.movingScore(), step.eligible());
    }
}
