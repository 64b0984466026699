package dev.trimtab.scoring;

/**
 * One message of a conversation as a scorer's template renders it.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content plain text; special tokens in it are text
 */
public record Turn(String role, String content) {}
