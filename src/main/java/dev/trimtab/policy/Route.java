package dev.trimtab.policy;

/** How a policy asks the upstream for tokens. */
public enum Route {
    /** The upstream drafts freely and is cut where a token does not stand. */
    DRAFTED,
    /** One token a call: the same law at the price of a call a token. */
    STEPWISE
}
