package dev.trimtab.token;

/** What an upstream's log-probabilities describe. */
public enum ShownLaw {
    /** Its own law at temperature 1, before any bias. */
    RAW,
    /** Its own law at temperature 1, after the pushed bias. */
    BIASED,
    /** The draft law itself: after bias, temperature and truncation. */
    DRAWN
}
