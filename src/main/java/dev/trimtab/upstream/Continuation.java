package dev.trimtab.upstream;

/** How an upstream resumes an answer behind a given prefix. */
public enum Continuation {
    /** The prompt's and the prefix's token ids go to {@code /completions}: the seam is exact. */
    TOKEN_IDS,
    /** The prefix's text is put behind the prompt of a {@code /completions} call; the seam may be re-tokenised. */
    TEXT,
    /** The prefix's text goes as a last assistant message to continue; the seam may be re-tokenised. */
    PREFILL,
    /** It does not. */
    NONE
}
