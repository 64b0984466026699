package dev.trimtab.scoring;

/** What phrases know of a Unicode code point. */
final class CodePoints {
    private static final int MARKS = 1 << Character.NON_SPACING_MARK
            | 1 << Character.COMBINING_SPACING_MARK
            | 1 << Character.ENCLOSING_MARK
            | 1 << Character.CONNECTOR_PUNCTUATION;

    private CodePoints() {}

    /** One code point for all its case variants: k, K and the Kelvin sign are one. */
    static int folded(int codePoint) {
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }

    /** True for what continues a word: letters, digits, combining marks and the underscore's kind. */
    static boolean isWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || (MARKS >> Character.getType(codePoint) & 1) == 1;
    }
}
