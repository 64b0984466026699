package dev.trimtab.policy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.function.Supplier;

/** What the room counts. */
final class PolicyMeters {
    private final MeterRegistry registry;

    PolicyMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void showLoaded(Supplier<Collection<Policy>> policies) {
        Gauge.builder("trimtab.policies", () -> policies.get().size())
                .description("Policies that are being served")
                .baseUnit("policies")
                .register(registry);
    }

    void loaded() {
        count("loaded");
    }

    void refused() {
        count("refused");
    }

    void removed() {
        count("removed");
    }

    private void count(String outcome) {
        Counter.builder("trimtab.policy.reads")
                .description("Policy folders read at start or because they changed, by outcome")
                .baseUnit("folders")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }
}
