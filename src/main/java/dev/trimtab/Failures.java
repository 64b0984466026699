package dev.trimtab;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What a command says where it fails. */
final class Failures {
    private Failures() {}

    /** Says it on standard error, and returns the command's status. */
    static int said(Exception failure) {
        boolean unnamed = failure instanceof IOException || failure instanceof UncheckedIOException;
        System.err.println(unnamed ? failure.toString() : failure.getMessage());
        return 1;
    }
}
