package dev.trimtab.evaluation;

/** Text in a page. */
final class Html {
    private Html() {}

    /** Escaped for elements and attributes. */
    static String text(String text) {
        String untagged = text.replace("&", "&amp;").replace("<", "&lt;");
        return untagged.replace(">", "&gt;").replace("\"", "&quot;");
    }
}
