package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import java.util.List;

/** Examples that a policy puts before a conversation. */
record Preface(List<Example> examples) {
    static final Preface NONE = new Preface(List.of());

    /** What stands before any conversation. */
    List<PrefaceMessage> messages() {
        return messages(examples);
    }

    /** What stands before an example: the others, so that none is told its own answer. */
    List<PrefaceMessage> before(Example example) {
        return messages(examples.stream()
                .filter(shown -> !shown.prompt().equals(example.prompt()))
                .toList());
    }

    private static List<PrefaceMessage> messages(List<Example> examples) {
        return examples.stream()
                .flatMap(example -> example.asPreface().stream())
                .toList();
    }
}
