package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.upstream.ProbeReport.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Collects what a probe finds. A question that fails is a finding too: unknown. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();
    private int failed;

    /** Asks, and returns the answer or, where there is none, something else. */
    <T> T ask(String name, T otherwise, Supplier<Seen<T>> question) {
        Seen<T> seen = seen(question);
        T value = seen.value();
        all.add(new Finding(name, value == null ? Finding.UNKNOWN : text(value), seen.evidence()));
        return value == null ? otherwise : value;
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    /** How many questions failed for a reason that may be gone later. */
    int failed() {
        return failed;
    }

    /** True where a question that was asked has an answer. */
    boolean knows(String name) {
        return all.stream()
                .anyMatch(finding ->
                        finding.name().equals(name) && !finding.value().equals(Finding.UNKNOWN));
    }

    private <T> Seen<T> seen(Supplier<Seen<T>> question) {
        try {
            return question.get();
        } catch (ApiException unanswered) {
            failed += unanswered.kind().retryable() ? 1 : 0;
            boolean refused = unanswered.kind() == ErrorKind.UPSTREAM_REJECTED;
            return Seen.unknown((refused ? "Refused: " : "No answer: ") + unanswered.getMessage());
        } catch (RuntimeException garbage) {
            return Seen.unknown("The answer could not be read.");
        }
    }

    private static String text(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (value instanceof Boolean yes) {
            return yes ? "yes" : "no";
        }
        if (value instanceof Map<?, ?> fields) {
            return fields.isEmpty()
                    ? "no field"
                    : fields.entrySet().stream()
                            .map(entry -> entry.getKey() + ": " + entry.getValue())
                            .collect(Collectors.joining(", "));
        }
        return String.valueOf(value);
    }
}
