package dev.trimtab.scoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** What this room counts, for one kind of scorer. */
final class ScoringMeters {
    private final Timer time;
    private final Counter unmapped;

    ScoringMeters(MeterRegistry registry, String scorer) {
        this.time = Timer.builder("trimtab.scoring.time")
                .description("Time to score a window of drafted steps")
                .tag("scorer", scorer)
                .publishPercentileHistogram()
                .register(registry);
        this.unmapped = Counter.builder("trimtab.scoring.unmapped")
                .description("Candidates that a scorer's vocabulary does not have")
                .baseUnit("candidates")
                .tag("scorer", scorer)
                .register(registry);
    }

    double[][] timed(Supplier<double[][]> run) {
        return time.record(run);
    }

    void unmapped() {
        unmapped.increment();
    }
}
