package dev.trimtab.steering;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.Drafter;
import dev.trimtab.upstream.Upstream;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.ObjectNode;

/**
 * Steers answers: lets the upstream draft, scores each step's candidates, decides each token and resumes where one did
 * not stand.
 *
 * <ol>
 *   <li>what cannot be honoured is refused ({@link Refusals});
 *   <li>each choice is one {@link SteeringSession}, on its own calls and coins;
 *   <li>a session's drafts are decided token by token ({@link TokenDecider}) by the law of the step;
 *   <li>where a policy has answers resampled, each choice is one {@link Resampling} among whole drafts instead;
 *   <li>decided tokens become text ({@link TextAssembly}), and the choice ends with its {@link Report}.
 * </ol>
 *
 * Immutable and shared; nothing blocks. Cancelling an answer cancels its upstream calls.
 */
public final class Steering {
    /** The code of the error that ends an answer whose steering failed, under a policy that is to fail then. */
    public static final String FAILED = "steering_failed";

    /** What the API generates for a completion that states no limit. */
    private static final int COMPLETION_TOKENS = 16;

    private final Upstream upstream;
    private final MeterRegistry registry;
    private final LongSupplier seeds;
    private final Map<String, SteeringMeters> meters = new ConcurrentHashMap<>();
    private final Map<String, RunLengths> runs = new ConcurrentHashMap<>();

    /**
     * @param seeds chance for requests that state no seed
     */
    public Steering(Upstream upstream, MeterRegistry registry, LongSupplier seeds) {
        this.upstream = upstream;
        this.registry = registry;
        this.seeds = seeds;
    }

    /**
     * Steers one answer.
     *
     * @param authorization the client's own {@code Authorization}, used where the upstream has no key
     * @param explain whether reports explain every step
     * @throws dev.trimtab.openai.ApiException where the request cannot be honoured
     */
    public Steered steer(GenerationRequest request, Policy policy, @Nullable String authorization, boolean explain) {
        Asked asked = upstream.asked(request.model());
        Refusals.check(request, policy, asked);
        Levers levers = Levers.of(policy, request.sampling(), asked);
        boolean resampled = Refusals.resampled(policy, asked.capabilities(), request instanceof ChatRequest);
        ResampledLaw law =
                resampled ? ResampledLaw.of(policy, levers, asked.capabilities().topLogprobs() > 0) : null;
        Choices choices = new Choices(request, policy, asked, levers, law, authorization, explain);
        return new Steered(law, Flux.defer(() -> Flux.merge(Flux.fromIterable(choices(choices)), Integer.MAX_VALUE)));
    }

    /** What the choices of an answer have in common. */
    private record Choices(
            GenerationRequest request,
            Policy policy,
            Asked asked,
            Levers levers,
            @Nullable ResampledLaw law,
            @Nullable String authorization,
            boolean explain) {
        boolean resumes() {
            return law == null && asked.capabilities().whyNotResumable(request instanceof ChatRequest) == null;
        }

        /** The most tokens of one, or null where nothing limits it. */
        @Nullable
        Integer limit() {
            Integer stated = request.sampling().maxTokens();
            return stated == null && request instanceof CompletionRequest ? Integer.valueOf(COMPLETION_TOKENS) : stated;
        }
    }

    /** The request with nothing but the policy's preface added, for a policy that steers by words alone. */
    public static ObjectNode prefaced(ObjectNode request, Policy policy) {
        return Prompts.prefaced(request, policy);
    }

    private List<Flux<AnswerPart>> choices(Choices of) {
        SamplingParameters sampling = of.request().sampling();
        long seed = sampling.seed() == null ? seeds.getAsLong() : sampling.seed();
        String version = of.policy().name() + "@" + of.policy().version();
        SteeringMeters metersOfPolicy =
                meters.computeIfAbsent(version, fresh -> new SteeringMeters(registry, of.policy()));
        RunLengths runsOfPolicy = runs.computeIfAbsent(version, fresh -> new RunLengths());
        List<Flux<AnswerPart>> choices = new ArrayList<>();
        for (Prompts prompt : Prompts.of(of.request(), of.policy(), of.asked())) {
            for (int i = 0; i < sampling.n(); i++) {
                SessionPlan plan = new SessionPlan(
                        choices.size(),
                        of.policy(),
                        sampling,
                        of.limit(),
                        seed,
                        of.levers(),
                        of.asked().capabilities(),
                        of.asked().drafting(),
                        runsOfPolicy,
                        of.resumes(),
                        of.explain());
                choices.add(choice(plan, of, prompt, metersOfPolicy));
            }
        }
        return choices;
    }

    private static Flux<AnswerPart> choice(SessionPlan plan, Choices of, Prompts prompt, SteeringMeters meters) {
        Drafter drafter = of.asked().drafter(of.request(), prompt.forUpstream(), of.authorization());
        ResampledLaw law = of.law();
        return Flux.defer(() -> law == null
                ? new SteeringSession(plan, drafter, prompt, meters).run()
                : new Resampling(plan, law, drafter, prompt, meters).run());
    }
}
