package dev.trimtab.upstream;

/**
 * A prompt as {@code /completions} takes it.
 *
 * @param ids its token ids, empty where they are not known
 * @param text empty where only its ids are known
 */
record WrittenPrompt(int[] ids, String text) {}
