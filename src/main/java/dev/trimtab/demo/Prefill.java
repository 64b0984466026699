package dev.trimtab.demo;

/** What becomes of a conversation's last message where it is the assistant's. Servers differ. */
public enum Prefill {
    /** The answer goes on behind it. */
    CONTINUED,
    /** The answer goes on behind it, and its text starts with it. */
    REPEATED,
    /** It is a message like any other, behind which a new answer begins. */
    NONE
}
