package dev.trimtab.steering;

import dev.trimtab.policy.Policy;

/**
 * The law of a resampled answer x = x₁…x_T, of which the upstream draws whole drafts by d(x), Π over its steps.
 *
 * <p>Approximate laws are those of one draw among n drafts by their weights w(x): the answer's law comes near d·w as n
 * grows, the nearer the greater the effective sample size. An exact one is that of rejection, each draft being accepted
 * with its weight, in [0, 1].
 */
public enum ResampledLaw {
    /** w = Π p(x_t)/d(x_t): the law of the other routes, each step's normaliser included. */
    PER_STEP("per-step", false),
    /** w = e^{Σ s(x_t)/T} over the tokens of the scorers' own tokenizers, s with the unpushed bias in it; not p. */
    SCORED("whole-answer", false),
    /** w = e^{Σ l(x_t)/T} with nothing but lowerings l: d·w normalised over whole answers, not over each step; not p. */
    LOWERED("whole-answer", true);

    private final String over;
    private final boolean exact;

    ResampledLaw(String over, boolean exact) {
        this.over = over;
        this.exact = exact;
    }

    /** The law under a policy, for an upstream that shows log-probabilities or does not. */
    static ResampledLaw of(Policy policy, Levers levers, boolean shows) {
        boolean scores = policy.scorers().stream().anyMatch(scorer -> scorer.strength() > 0);
        boolean reads = scores && !shows;
        return !scores && levers.onlyLower() ? LOWERED : reads ? SCORED : PER_STEP;
    }

    /** What is normalised: {@code per-step} or {@code whole-answer}. */
    public String over() {
        return over;
    }

    public boolean exact() {
        return exact;
    }

    /** The form used in headers, e.g. {@code per-step; approximate}. */
    public String header() {
        return over + "; " + (exact ? "exact" : "approximate");
    }
}
