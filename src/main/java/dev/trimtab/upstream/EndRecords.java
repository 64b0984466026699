package dev.trimtab.upstream;

/** Whether a drawn end of the answer comes with candidates, as other tokens do. */
public enum EndRecords {
    /** In streams and in whole answers. */
    SHOWN,
    /** In whole answers only: an end that ends a stream can be read again. */
    WHOLE_ONLY,
    /** Nowhere. */
    NEVER
}
