package dev.trimtab.steering;

import dev.trimtab.policy.Policy;
import dev.trimtab.token.StepLaw;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What this room counts, for one version of one policy. */
final class SteeringMeters {
    private final MeterRegistry registry;
    private final Tags tags;
    private final LongAdder decidedDrafts = new LongAdder();
    private final LongAdder suppressedDrafts = new LongAdder();
    private final DistributionSummary drift;
    private final DistributionSummary suppressedMass;
    private final Timer firstToken;
    private final Counter askedAgain;
    private final Counter exhausted;
    private final Counter discarded;
    private final Counter latched;
    private final Counter kept;
    private final Counter replaced;
    private final List<RuleCounters> rules;

    private record RuleCounters(Counter hits, Counter lowered, Counter takenBack, Counter withheld) {}

    SteeringMeters(MeterRegistry registry, Policy policy) {
        this.registry = registry;
        this.tags = Tags.of("policy", policy.name(), "version", policy.version());
        this.drift = summary("trimtab.steering.drift", "KL(p_S || d_S) of a step", "millinats");
        this.suppressedMass =
                summary("trimtab.steering.suppressed.mass", "The chance that a draft does not stand", "ppm");
        this.firstToken = Timer.builder("trimtab.steering.first.token")
                .description("Time from a choice's start to its first text")
                .tags(tags)
                .publishPercentileHistogram()
                .register(registry);
        this.askedAgain = counter("trimtab.steering.asked.again", "Drafts that were thinned and asked again", "drafts");
        this.exhausted = counter("trimtab.steering.exhausted", "Steps at which asking again came to nothing", "steps");
        this.discarded = counter("trimtab.steering.discarded", "Drafted tokens that were not emitted", "tokens");
        this.latched = counter("trimtab.steering.latched", "Choices whose steering stopped on the way", "choices");
        this.kept = tokens("kept", "");
        this.replaced = tokens("replaced", "");
        this.rules = policy.negative().phrases().rules().stream()
                .map(rule -> counters(rule.name()))
                .toList();
        Gauge.builder("trimtab.steering.suppression.rate", this, SteeringMeters::suppressionRate)
                .description("Share of decided drafts that did not stand, since the start")
                .tags(tags)
                .register(registry);
    }

    private DistributionSummary summary(String name, String description, String unit) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .publishPercentileHistogram()
                .minimumExpectedValue(1.0)
                .maximumExpectedValue(1_000_000.0)
                .register(registry);
    }

    private RuleCounters counters(String rule) {
        Tags ofRule = tags.and("rule", rule);
        return new RuleCounters(
                counter("trimtab.rule.hits", "Drafts that would complete a forbidden phrase", "drafts", ofRule),
                counter("trimtab.rule.lowered", "Candidates that a rule forbade", "candidates", ofRule),
                counter("trimtab.rule.taken.back", "Tokens taken back to where a phrase begins", "tokens", ofRule),
                counter("trimtab.rule.withheld", "Choices that ended as content_filter", "choices", ofRule));
    }

    private Counter counter(String name, String description, String unit) {
        return counter(name, description, unit, tags);
    }

    private Counter counter(String name, String description, String unit, Tags tagged) {
        return Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tagged)
                .register(registry);
    }

    private Counter tokens(String decision, String reason) {
        return Counter.builder("trimtab.steering.tokens")
                .description("Emitted tokens by decision; reason says why a token was not scored")
                .baseUnit("tokens")
                .tags(tags.and("decision", decision, "reason", reason))
                .register(registry);
    }

    private double suppressionRate() {
        long decided = decidedDrafts.sum();
        return decided == 0 ? 0 : (double) suppressedDrafts.sum() / decided;
    }

    /** Counts what was decided, whether or not it stays. */
    void decided(Decision decision) {
        if (decision instanceof Decision.PassedOn) {
            return;
        }
        StepLaw law = decision.weighed().law();
        decidedDrafts.increment();
        drift.record(law.drift() * 1_000);
        suppressedMass.record(law.suppressedMass() * 1_000_000);
        if (!(decision instanceof Decision.Kept)) {
            suppressedDrafts.increment();
        }
    }

    /** Counts a token that will not be taken back any more. */
    void emitted(Decision decision) {
        if (decision instanceof Decision.PassedOn passed) {
            tokens("unsteered", passed.reason().label()).increment();
        } else if (decision instanceof Decision.Kept) {
            kept.increment();
        } else {
            replaced.increment();
        }
    }

    /** A draft that had been kept does not stand after all. */
    void takenBack(Decision decision) {
        if (decision instanceof Decision.Kept) {
            suppressedDrafts.increment();
        }
    }

    /** A draft, or the end, would complete a phrase of a rule. */
    void hit(int rule) {
        rules.get(rule).hits().increment();
    }

    /** A candidate is forbidden by a rule. */
    void lowered(int rule) {
        rules.get(rule).lowered().increment();
    }

    /** An answer goes back on account of a rule. */
    void goneBack(int rule, int tokens) {
        rules.get(rule).takenBack().increment(tokens);
    }

    /** An answer ends as filtered on account of a rule. */
    void withheld(int rule) {
        rules.get(rule).withheld().increment();
    }

    void latched() {
        latched.increment();
    }

    void closed(Books books) {
        askedAgain.increment(books.askedAgain());
        exhausted.increment(books.exhausted());
        discarded.increment(books.discarded());
    }

    /** A choice was drawn among whole drafts. */
    void resampled(Resampled resampled) {
        Tags ofLaw = tags.and(
                "law",
                resampled.law().over(),
                "exact",
                String.valueOf(resampled.law().exact()));
        counter("trimtab.steering.resampled", "Choices that were drawn among whole drafts", "choices", ofLaw)
                .increment();
        counter("trimtab.steering.drafts", "Whole drafts that were weighed", "drafts", ofLaw)
                .increment(resampled.drafts());
        if (resampled.effectiveSampleSize() != null) {
            DistributionSummary.builder("trimtab.steering.effective.sample.size")
                    .description("(Sum w)^2 / sum w^2 over the distinct drafts that a choice was drawn among")
                    .baseUnit("drafts")
                    .tags(ofLaw)
                    .publishPercentileHistogram()
                    .minimumExpectedValue(1.0)
                    .maximumExpectedValue(128.0)
                    .register(registry)
                    .record(resampled.effectiveSampleSize());
        }
    }

    Stopwatch stopwatch() {
        return new Stopwatch(Timer.start(registry), firstToken);
    }

    /** Times the first text of a choice. */
    static final class Stopwatch {
        private final Timer.Sample start;
        private final Timer firstToken;
        private boolean stopped;

        private Stopwatch(Timer.Sample start, Timer firstToken) {
            this.start = start;
            this.firstToken = firstToken;
        }

        void firstToken() {
            if (!stopped) {
                stopped = true;
                start.stop(firstToken);
            }
        }
    }
}
