package dev.trimtab.openai;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * An object with named fields. A field without a name here passes, and so does a null in place of an optional one.
 *
 * @param shapes in the order in which they are checked
 * @param required names of fields that must be there
 */
record Fields(Map<String, Shape> shapes, Set<String> required) implements Shape {
    static final Fields NONE = new Fields(Map.of(), Set.of());

    Fields with(Shape shape, String... names) {
        Map<String, Shape> more = new LinkedHashMap<>(shapes);
        for (String name : names) {
            more.put(name, shape);
        }
        return new Fields(more, required);
    }

    Fields with(String name, Shape shape) {
        return with(shape, name);
    }

    /** These fields and, after them, those of another. */
    Fields with(Fields other) {
        Map<String, Shape> more = new LinkedHashMap<>(shapes);
        more.putAll(other.shapes);
        return new Fields(more, required);
    }

    Fields requiring(String... names) {
        return new Fields(shapes, Set.of(names));
    }

    @Override
    public String noun() {
        return "object";
    }

    @Override
    public boolean fits(JsonNode value) {
        return value.isObject();
    }

    /** Checks a whole request. */
    void check(JsonNode request) {
        checkInside("", request);
    }

    @Override
    public void checkInside(String path, JsonNode value) {
        shapes.forEach((name, shape) -> {
            String inner = path.isEmpty() ? name : path + "." + name;
            JsonNode field = value.path(name);
            if (required.contains(name) && field.isMissingNode()) {
                throw Refusal.missing(inner);
            }
            if (required.contains(name) || value.hasNonNull(name)) {
                shape.check(inner, field);
            }
        });
    }
}
