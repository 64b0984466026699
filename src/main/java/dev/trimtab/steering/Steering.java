package dev.trimtab.steering;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
import dev.trimtab.upstream.Capabilities;
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
     * @return the parts of all choices, interleaved, each choice's in order and closed by its report; an
     *     {@link dev.trimtab.openai.ApiException} where the request cannot be honoured or the upstream fails
     */
    public Flux<AnswerPart> steer(
            GenerationRequest request, Policy policy, @Nullable String authorization, boolean explain) {
        return Flux.defer(() -> {
            Refusals.check(request, policy, upstream);
            return Flux.merge(Flux.fromIterable(choices(request, policy, authorization, explain)), Integer.MAX_VALUE);
        });
    }

    /**
     * The law of the answer where its policy has it resampled from this upstream; null where it is steered token by token.
     *
     * @throws dev.trimtab.openai.ApiException where the request's bias cannot be honoured
     */
    public @Nullable ResampledLaw resampledLaw(GenerationRequest request, Policy policy) {
        return law(request, policy, Levers.of(policy, request.sampling(), upstream));
    }

    private @Nullable ResampledLaw law(GenerationRequest request, Policy policy, Levers levers) {
        Capabilities capabilities = upstream.capabilities();
        boolean resampled = Refusals.resampled(policy, capabilities, request instanceof ChatRequest);
        return resampled ? ResampledLaw.of(policy, levers, capabilities.topLogprobs() > 0) : null;
    }

    /** The request with nothing but the policy's preface added, for a policy that steers by words alone. */
    public static ObjectNode prefaced(ObjectNode request, Policy policy) {
        return Prompts.prefaced(request, policy);
    }

    private List<Flux<AnswerPart>> choices(
            GenerationRequest request, Policy policy, @Nullable String authorization, boolean explain) {
        SamplingParameters sampling = request.sampling();
        Levers levers = Levers.of(policy, sampling, upstream);
        long seed = sampling.seed() == null ? seeds.getAsLong() : sampling.seed();
        Integer limit = sampling.maxTokens() == null && request instanceof CompletionRequest
                ? Integer.valueOf(COMPLETION_TOKENS)
                : sampling.maxTokens();
        SteeringMeters metersOfPolicy = meters.computeIfAbsent(
                policy.name() + "@" + policy.version(), version -> new SteeringMeters(registry, policy));
        RunLengths runsOfPolicy =
                runs.computeIfAbsent(policy.name() + "@" + policy.version(), version -> new RunLengths());
        ResampledLaw law = law(request, policy, levers);
        boolean resumes =
                law == null && upstream.capabilities().whyNotResumable(request instanceof ChatRequest) == null;
        List<Flux<AnswerPart>> choices = new ArrayList<>();
        for (Prompts prompt : Prompts.of(request, policy, upstream)) {
            for (int i = 0; i < sampling.n(); i++) {
                SessionPlan plan = new SessionPlan(
                        choices.size(),
                        policy,
                        sampling,
                        limit,
                        seed,
                        levers,
                        upstream.capabilities(),
                        upstream.drafting(),
                        runsOfPolicy,
                        resumes,
                        explain);
                Drafter drafter = upstream.drafter(request, prompt.forUpstream(), authorization);
                choices.add(Flux.defer(() -> law == null
                        ? new SteeringSession(plan, drafter, prompt, metersOfPolicy).run()
                        : new Resampling(plan, law, drafter, prompt, metersOfPolicy).run()));
            }
        }
        return choices;
    }
}
