package dev.trimtab.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.Predicate;
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

    /** True where there is something in the mapping. */
    boolean isPresent() {
        return !mapping.isEmpty();
    }

    /** True where a key is absent or lists nothing. */
    boolean isEmpty(String key) {
        JsonNode value = value(key);
        return value == null || (value.isArray() && value.isEmpty());
    }

    /** True where a key says so; absent it is false. */
    boolean flag(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isBoolean()) {
            wrong(key, "true or false");
        }
        return value != null && value.isBoolean() && value.booleanValue();
    }

    /** The texts listed under a key, none where there is no list. */
    List<String> texts(String key, Predicate<String> good, String expected) {
        JsonNode value = value(key);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            wrong(key, "a list of texts");
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode text = value.get(i);
            if (text.isString() && good.test(text.stringValue())) {
                texts.add(text.stringValue());
            } else {
                problems.add(path + key + "[" + i + "]", shown(text), expected);
            }
        }
        return texts;
    }

    /** All of it, with its keys in lower case; each value must be a text. */
    Map<String, String> textMap() {
        Map<String, String> texts = new TreeMap<>();
        mapping.propertyStream().map(Map.Entry::getKey).forEach(key -> {
            String text = text(key);
            if (text != null) {
                texts.put(key.toLowerCase(Locale.ROOT), text);
            }
        });
        return texts;
    }

    /** The mappings listed under a key, none where there is no list. */
    List<Fields> list(String key) {
        JsonNode value = value(key);
        return value == null ? List.of() : list(key, value, path + key);
    }

    /**
     * The mappings listed under a key, or in the file that it names.
     *
     * @param files the document that a file holds, or null where it has none and the problem is known
     */
    List<Fields> listOrFile(String key, Function<String, @Nullable JsonNode> files) {
        JsonNode value = value(key);
        if (value == null || !value.isString()) {
            return list(key);
        }
        JsonNode document = files.apply(value.stringValue());
        return document == null ? List.of() : list(key, document, value.stringValue() + ": ");
    }

    private List<Fields> list(String key, JsonNode list, String place) {
        if (!list.isArray() || !list.valueStream().allMatch(JsonNode::isObject)) {
            wrong(key, "a list of mappings");
            return List.of();
        }
        List<Fields> entries = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            entries.add(new Fields(list.get(i), place + "[" + i + "].", problems));
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
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String shown(JsonNode value) {
        String text = value.isString() ? value.stringValue() : value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
