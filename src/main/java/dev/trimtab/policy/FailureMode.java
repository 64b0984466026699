package dev.trimtab.policy;

/** What becomes of an answer whose steering fails. */
public enum FailureMode {
    /** It goes on unsteered to its end. */
    OPEN,
    /** It ends with an error. */
    CLOSED
}
