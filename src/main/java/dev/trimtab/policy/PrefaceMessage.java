package dev.trimtab.policy;

/**
 * A message that a policy puts before the conversation.
 *
 * @param role {@code system}, {@code developer}, {@code user} or {@code assistant}
 */
public record PrefaceMessage(String role, String content) {}
