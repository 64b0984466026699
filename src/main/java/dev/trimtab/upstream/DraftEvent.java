package dev.trimtab.upstream;

import dev.trimtab.openai.Usage;
import dev.trimtab.token.Step;

/** What a draft brings, in the order in which the upstream sends it. */
public sealed interface DraftEvent {
    /**
     * A drafted token.
     *
     * @param opaque true where the record stands for several tokens
     */
    record Drawn(Step step, boolean opaque) implements DraftEvent {}

    /**
     * The draft is over.
     *
     * @param reason the upstream's own {@code finish_reason}
     */
    record Finished(String reason) implements DraftEvent {}

    /** What the upstream counted for this call. */
    record Counted(Usage usage) implements DraftEvent {}
}
