package dev.trimtab.openai;

/** Token counts of a request, all choices together. */
public record Usage(int promptTokens, int completionTokens) {}
