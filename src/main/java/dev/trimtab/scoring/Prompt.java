package dev.trimtab.scoring;

import java.util.List;

/** What the client asked, as far as a scorer looks at it. */
public sealed interface Prompt {
    /** A conversation; where its last turn is the assistant's, the answer goes on from it. */
    record Chat(List<Turn> turns) implements Prompt {}

    /** A plain text that the answer continues. */
    record Text(String text) implements Prompt {}

    /**
     * One message of a conversation as a scorer's template renders it.
     *
     * @param role {@code system}, {@code user} or {@code assistant}
     * @param content plain text; special tokens in it are text
     */
    public record Turn(String role, String content) {}
}
