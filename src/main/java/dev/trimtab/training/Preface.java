package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Prompt;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Examples that a policy puts before a conversation. */
record Preface(List<Example> examples) {
    static final Preface NONE = new Preface(List.of());

    /** What stands before any conversation. */
    List<PrefaceMessage> messages() {
        return examples.stream()
                .flatMap(example -> example.asPreface().stream())
                .toList();
    }

    /** What stands before an example: the others, so that none is told its own answer. */
    List<PrefaceMessage> before(Example example) {
        return without(List.of(example)).messages();
    }

    /** The examples whose prompts are not those of others. */
    Preface without(List<Example> others) {
        Set<Prompt> prompts = others.stream().map(Example::prompt).collect(Collectors.toSet());
        return new Preface(examples.stream()
                .filter(shown -> !prompts.contains(shown.prompt()))
                .toList());
    }

    /** Whether an example's prompt is among them. */
    boolean shows(Example example) {
        return examples.stream().anyMatch(shown -> shown.prompt().equals(example.prompt()));
    }
}
