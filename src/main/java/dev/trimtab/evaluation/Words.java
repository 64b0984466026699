package dev.trimtab.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Cuts texts into words as the usual measures do. */
final class Words {
    private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern MARK_BEHIND = Pattern.compile("([^0-9])([.,])");
    private static final Pattern MARK_BEFORE = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH = Pattern.compile("([0-9])(-)");
    private static final Pattern PENN =
            Pattern.compile("n't\\b|'(?:s|re|ve|ll|d|m)\\b|\\w(?:(?!n't\\b)[\\w£$€%]|[-./](?=\\w)|,(?=\\d))*|[£$€%]");

    private Words() {}

    /** As mteval-v13a cuts (BLEU, NIST). */
    static List<String> mteval(String text) {
        String line = text.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
        line = line.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
        line = MARK_BEHIND.matcher(line).replaceAll("$1 $2 ");
        line = MARK_BEFORE.matcher(line).replaceAll(" $1 $2");
        line = DASH.matcher(line).replaceAll("$1 $2 ");
        return Stream.of(line.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** About as the Penn Treebank's tokenizer cuts, in lower case and without punctuation (ROUGE-L, CIDEr). */
    static List<String> penn(String text) {
        Stream<MatchResult> words = PENN.matcher(text.toLowerCase(Locale.ROOT)).results();
        return words.map(MatchResult::group).toList();
    }
}
