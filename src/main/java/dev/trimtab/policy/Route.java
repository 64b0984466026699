package dev.trimtab.policy;

/** How a policy asks the upstream for tokens. */
public enum Route {
    /** The upstream drafts freely and is cut where a token does not stand. */
    DRAFTED,
    /** One token a call: the same law at the price of a call a token. */
    STEPWISE,
    /** Whole drafts, one of which is drawn by its weight: for an upstream that does not go on with an answer. */
    RESAMPLED,
    /** Drafted where the upstream can be steered token by token, resampled where it cannot. */
    DRAFTED_OR_RESAMPLED
}
