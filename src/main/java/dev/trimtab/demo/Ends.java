package dev.trimtab.demo;

/** Where the end token appears as a record of the log-probabilities. Servers differ. */
public enum Ends {
    /** As the last record of every answer. */
    SHOWN,
    /** As the last record of answers that are not streamed. */
    WHOLE_ONLY,
    /** Nowhere; as a candidate of another record it may still be listed. */
    NEVER
}
