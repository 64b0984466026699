package dev.trimtab.steering;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.policy.Policy;
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
            return Flux.merge(
                    Flux.fromIterable(sessions(request, policy, authorization, explain))
                            .map(SteeringSession::run),
                    Integer.MAX_VALUE);
        });
    }

    /** The request with nothing but the policy's preface added, for a policy that steers by words alone. */
    public static ObjectNode prefaced(ObjectNode request, Policy policy) {
        return Prompts.prefaced(request, policy);
    }

    private List<SteeringSession> sessions(
            GenerationRequest request, Policy policy, @Nullable String authorization, boolean explain) {
        SamplingParameters sampling = request.sampling();
        Levers levers = Levers.of(policy, sampling, upstream);
        long seed = sampling.seed() == null ? seeds.getAsLong() : sampling.seed();
        Integer limit = sampling.maxTokens() == null && request instanceof CompletionRequest
                ? Integer.valueOf(COMPLETION_TOKENS)
                : sampling.maxTokens();
        SteeringMeters metersOfPolicy = meters.computeIfAbsent(
                policy.name() + "@" + policy.version(), version -> new SteeringMeters(registry, policy));
        boolean resumes = upstream.capabilities().whyNotResumable(request instanceof ChatRequest) == null;
        List<SteeringSession> sessions = new ArrayList<>();
        for (Prompts prompt : Prompts.of(request, policy, upstream)) {
            for (int i = 0; i < sampling.n(); i++) {
                SessionPlan plan = new SessionPlan(
                        sessions.size(),
                        policy,
                        sampling,
                        limit,
                        seed,
                        levers,
                        upstream.capabilities(),
                        resumes,
                        explain);
                sessions.add(new SteeringSession(
                        plan, upstream.drafter(request, prompt.forUpstream(), authorization), prompt, metersOfPolicy));
            }
        }
        return sessions;
    }
}
