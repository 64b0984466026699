package dev.trimtab.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/**
 * One mapping of a policy file. Whatever is asked for and does not fit is a problem, and the answer is then the default;
 * a key that was never asked for is a problem too.
 */
final class Fields {
    private static final int SHOWN = 60;

    private final JsonNode mapping;
    private final String path;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    private Fields(JsonNode mapping, String path, Problems problems) {
        this.mapping = mapping;
        this.path = path;
        this.problems = problems;
    }

    /** The mapping that a file consists of; an empty file is an empty mapping. */
    static Fields of(JsonNode document, Problems problems) {
        if (document.isMissingNode() || document.isNull()) {
            return new Fields(JsonNodeFactory.instance.objectNode(), "", problems);
        }
        if (!document.isObject()) {
            problems.add(shown(document) + " (expected: a mapping)");
        }
        return new Fields(document, "", problems);
    }

    @Nullable
    String text(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isString()) {
            wrong(key, "a text");
            return null;
        }
        return value == null ? null : value.stringValue();
    }

    /** A text that must be there; empty where it is not. */
    String requiredText(String key) {
        if (value(key) == null) {
            problems.add(path + key, "nothing", "a text");
        }
        String text = text(key);
        return text == null ? "" : text;
    }

    <E extends Enum<E>> E choice(String key, E otherwise) {
        JsonNode value = value(key);
        if (value == null) {
            return otherwise;
        }
        E[] choices = otherwise.getDeclaringClass().getEnumConstants();
        for (E choice : choices) {
            if (value.isString() && written(choice).equals(value.stringValue())) {
                return choice;
            }
        }
        wrong(
                key,
                String.join(" or ", Arrays.stream(choices).map(Fields::written).toList()));
        return otherwise;
    }

    int integer(String key, int otherwise, int least) {
        JsonNode value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isInt() || value.intValue() < least) {
            wrong(key, "an integer ≥ " + least);
            return otherwise;
        }
        return value.intValue();
    }

    double number(String key, double otherwise, DoublePredicate range, String expected) {
        JsonNode value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isNumber() || !range.test(value.doubleValue())) {
            wrong(key, expected);
            return otherwise;
        }
        return value.doubleValue();
    }

    /** The mapping under a key, empty where there is none. */
    Fields mapping(String key) {
        JsonNode value = value(key);
        if (value != null && value.isObject()) {
            return new Fields(value, path + key + ".", problems);
        }
        if (value != null) {
            wrong(key, "a mapping");
        }
        return of(MissingNode.getInstance(), problems);
    }

    /** The mappings listed under a key, none where there is no list. */
    List<Fields> list(String key) {
        JsonNode value = value(key);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray() || !value.valueStream().allMatch(JsonNode::isObject)) {
            wrong(key, "a list of mappings");
            return List.of();
        }
        List<Fields> entries = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            entries.add(new Fields(value.get(i), path + key + "[" + i + "].", problems));
        }
        return entries;
    }

    /** Says that the value of a key is wrong. */
    void wrong(String key, String expected) {
        problems.add(path + key, shown(mapping.path(key)), expected);
    }

    /** To be called when everything was asked for. */
    void reportUnknownKeys() {
        mapping.propertyStream()
                .filter(property -> !known.contains(property.getKey()))
                .forEach(property -> problems.add(
                        path + property.getKey(),
                        shown(property.getValue()),
                        "no such key; known: " + String.join(", ", known)));
    }

    private @Nullable JsonNode value(String key) {
        known.add(key);
        JsonNode value = mapping.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private static String written(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static String shown(JsonNode value) {
        String text = value.isString() ? value.stringValue() : value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
