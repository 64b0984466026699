package dev.trimtab.demo;

/** Where the demo shows a record for a drawn end of the answer. */
public enum Ends {
    SHOWN,
    WHOLE_ONLY,
    NEVER
}
