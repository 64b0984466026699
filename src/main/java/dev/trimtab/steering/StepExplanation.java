package dev.trimtab.steering;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why one token stands in the answer.
 *
 * @param step zero-based index in the choice
 * @param token the emitted token's text
 * @param decision {@code kept}, {@code replaced} or {@code unsteered}
 * @param reason why it was unsteered
 * @param drafted the token that the upstream drew, where another was emitted
 * @param drift nats
 * @param suppressed suppressed mass, in [0, 1]
 * @param candidates what was shown and scored, most likely first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepExplanation(
        int step,
        String token,
        String decision,
        @Nullable String reason,
        @Nullable String drafted,
        double drift,
        double suppressed,
        List<Candidate> candidates) {

    /**
     * One shown candidate.
     *
     * @param logprob nats, as the upstream shows it
     * @param score Σ α·s, nats, or null for one that is not steerable
     * @param lowering nats, or null where there is none; −1e308 stands for −∞, which JSON does not know
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Candidate(
            String token,
            double logprob,
            @Nullable Double score,
            @Nullable Double lowering) {}
}
