package dev.trimtab.evaluation;

import java.util.BitSet;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Compares two texts word by word. */
final class OtherWords {
    private static final Pattern WORD = Pattern.compile("\\S+");

    private OtherWords() {}

    /** The characters of a text's words that are not in the longest sequence of words that it shares with another. */
    static BitSet in(String text, String before) {
        List<MatchResult> words = WORD.matcher(text).results().toList();
        int[][] shared = shared(
                words.stream().map(MatchResult::group).toList(),
                Stream.of(before.split("\\s+")).toList());
        BitSet other = new BitSet(text.length());
        int j = 0;
        for (int i = 0; i < words.size(); i++) {
            while (j + 1 < shared[i].length && shared[i][j + 1] == shared[i][j]) {
                j++;
            }
            if (shared[i + 1][j] == shared[i][j]) {
                other.set(words.get(i).start(), words.get(i).end());
            } else {
                j++;
            }
        }
        return other;
    }

    /** How many words the rest of one list from i shares with the rest of the other from j, at [i][j]. */
    private static int[][] shared(List<String> one, List<String> other) {
        int[][] shared = new int[one.size() + 1][other.size() + 1];
        for (int i = one.size() - 1; i >= 0; i--) {
            for (int j = other.size() - 1; j >= 0; j--) {
                shared[i][j] = one.get(i).equals(other.get(j))
                        ? shared[i + 1][j + 1] + 1
                        : Math.max(shared[i + 1][j], shared[i][j + 1]);
            }
        }
        return shared;
    }
}
