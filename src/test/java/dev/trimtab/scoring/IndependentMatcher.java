package dev.trimtab.scoring;

import dev.trimtab.scoring.Phrases.Rule;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds forbidden phrases in a whole text by regular expressions, to check what the automaton lets through. */
public final class IndependentMatcher {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{Nd}\\p{M}\\p{Pc}]");

    private IndependentMatcher() {}

    /**
     * A phrase that stands in a text, or null.
     *
     * @param preceding what stands before the text; a phrase may not begin in it
     */
    public static String leak(List<Rule> rules, String preceding, String text) {
        for (Rule rule : rules) {
            for (String phrase : rule.phrases()) {
                if (stands(phrase, rule.wholeWords(), preceding, text)) {
                    return phrase;
                }
            }
        }
        return null;
    }

    private static boolean stands(String phrase, boolean wholeWords, String preceding, String text) {
        String all = preceding + text;
        Matcher matcher = Pattern.compile(Pattern.quote(phrase), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(all);
        for (int from = preceding.length(); from < all.length() && matcher.find(from); from = matcher.start() + 1) {
            boolean inside = continues(all, matcher.start()) || continues(all, matcher.end());
            if (!wholeWords || !inside) {
                return true;
            }
        }
        return false;
    }

    /** True where a word goes on from one side of a place to the other. */
    private static boolean continues(String text, int place) {
        return place > 0
                && place < text.length()
                && isWord(text.codePointBefore(place))
                && isWord(text.codePointAt(place));
    }

    private static boolean isWord(int codePoint) {
        return WORD.matcher(Character.toString(codePoint)).matches();
    }
}
