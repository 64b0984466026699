package dev.trimtab.evaluation;

/** Text in a page. */
final class Html {
    private Html() {}

    /** Escaped for elements and attributes. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
