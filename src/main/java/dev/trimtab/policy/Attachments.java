package dev.trimtab.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a policy serves although the client did not choose it.
 *
 * @param models the upstream's models
 * @param headers values by header name, which is in lower case; one that fits is enough
 */
public record Attachments(Set<String> models, Map<String, String> headers) {
    public static final Attachments NONE = new Attachments(Set.of(), Map.of());

    public boolean serves(@Nullable String model) {
        return model != null && models.contains(model);
    }

    /**
     * True where a header was sent that is served.
     *
     * @param sent the value of a header, or null where it was not sent
     */
    public boolean serves(Function<String, @Nullable String> sent) {
        return headers.entrySet().stream().anyMatch(header -> header.getValue().equals(sent.apply(header.getKey())));
    }

    /** What others serve, too, each as a {@code policy.yaml} names it. */
    List<String> sharedWith(Attachments others) {
        List<String> shared = new ArrayList<>();
        models.stream().filter(others.models::contains).forEach(model -> shared.add("serves.models: " + model));
        headers.forEach((name, value) -> {
            if (value.equals(others.headers.get(name))) {
                shared.add("serves.headers." + name + ": " + value);
            }
        });
        return shared;
    }
}
