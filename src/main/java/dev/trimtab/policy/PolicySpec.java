package dev.trimtab.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code policy.yaml} says, before the files that it names are read.
 *
 * @param bias the file of tokens and nats, or null
 */
record PolicySpec(
        Stage stage,
        FailureMode failureMode,
        Route route,
        @Nullable String upstream,
        @Nullable String model,
        List<PrefaceMessage> preface,
        @Nullable String bias,
        List<ScorerSpec> scorers,
        Negative negative,
        Limits limits,
        Attachments attachments) {}
