package dev.trimtab.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with one policy, one line each: {@code policies/NAME/policy.yaml: key: value (expected: …)}. */
final class Problems {
    private final String file;
    private final List<String> lines = new ArrayList<>();

    Problems(String policy) {
        this(Path.of("policies", policy, "policy.yaml"));
    }

    /** With another file than a policy's in front of each. */
    Problems(Path file) {
        this.file = file.toString().replace('\\', '/');
    }

    void add(String key, String value, String expected) {
        add(key + ": " + value + " (expected: " + expected + ")");
    }

    void add(String problem) {
        lines.add(file + ": " + problem);
    }

    void throwIfAny() throws BadPolicyException {
        if (!lines.isEmpty()) {
            throw new BadPolicyException(lines);
        }
    }
}
