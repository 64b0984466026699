package dev.trimtab.openai;

/** One prompt of a completion request. */
public sealed interface CompletionPrompt {
    record Text(String text) implements CompletionPrompt {}

    /** Token ids of the upstream's vocabulary. */
    record Ids(int[] ids) implements CompletionPrompt {}
}
