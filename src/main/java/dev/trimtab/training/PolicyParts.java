package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.token.Token;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a policy's folder is made of.
 *
 * @param upstream what policies call it
 * @param model the upstream's model
 * @param preface messages, possibly none
 * @param bias nats by token, possibly none
 * @param scorer null where there is none
 * @param int8 whether the scorer is written in 8-bit numbers
 * @param card what the policy is and where it came from, Markdown
 */
record PolicyParts(
        String description,
        String upstream,
        String model,
        List<PrefaceMessage> preface,
        Map<Token, Double> bias,
        @Nullable FittedScorer scorer,
        boolean int8,
        String card) {}
