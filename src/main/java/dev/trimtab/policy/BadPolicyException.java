package dev.trimtab.policy;

import java.util.List;

/** A policy folder that cannot be served, with everything that is wrong with it. */
final class BadPolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    BadPolicyException(List<String> problems) {
        super(String.join("; ", problems));
    }
}
