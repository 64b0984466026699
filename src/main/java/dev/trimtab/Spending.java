package dev.trimtab;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;

/**
 * What an upstream has been asked, besides what probed it.
 *
 * @param meters of the upstream
 * @param prices of a million tokens that are read and that are written, or none
 */
record Spending(MeterRegistry meters, List<Double> prices) {
    private static final double MILLION = 1e6;

    /** So far, in words. */
    String told() {
        double read = counted("trimtab.upstream.billed", Tags.of("kind", "prompt"));
        double written = counted("trimtab.upstream.billed", Tags.of("kind", "completion"));
        double calls = counted("trimtab.upstream.calls", Tags.empty());
        String all = String.format(Locale.ROOT, "%.0f calls, %.0f tokens read, %.0f written", calls, read, written);
        if (prices.isEmpty()) {
            return all;
        }
        double spent = (read * prices.get(0) + written * prices.get(1)) / MILLION;
        return String.format(Locale.ROOT, "%s, %.4f spent", all, spent);
    }

    private double counted(String meter, Tags tags) {
        return meters.find(meter).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
