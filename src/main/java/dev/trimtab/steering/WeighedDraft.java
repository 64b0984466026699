package dev.trimtab.steering;

import dev.trimtab.token.Token;
import java.util.List;

/**
 * A whole draft as it would be emitted.
 *
 * @param decisions its tokens up to where the answer ends: the end, a stop string, the limit
 * @param logWeight nats, −∞ for a draft that must not get out
 */
record WeighedDraft(List<Decision> decisions, String finishReason, double logWeight) {
    static WeighedDraft forbidden() {
        return new WeighedDraft(List.of(), "content_filter", Double.NEGATIVE_INFINITY);
    }

    List<Token> tokens() {
        return decisions.stream().map(one -> one.weighed().step().drawn()).toList();
    }
}
