package dev.trimtab.steering;

import java.util.Locale;

/** Why a token was passed on without scoring. */
public enum Unsteered {
    /** Its record stands for several tokens, or shows no candidates. */
    OPAQUE,
    /** The end came without a record. */
    SILENT_END,
    /** A scorer failed earlier in this answer, and the policy lets the rest pass. */
    LATCHED,
    /** The answer has outgrown a scorer's context. */
    CONTEXT;

    /** The form used in reports and meters. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
