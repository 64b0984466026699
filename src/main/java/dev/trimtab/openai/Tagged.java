package dev.trimtab.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An object one field of which says what the others are.
 *
 * @param tag the field's name
 * @param kinds the fields by the tag's value
 */
record Tagged(String tag, Map<String, Fields> kinds) implements Shape {
    static Tagged by(String tag) {
        return new Tagged(tag, Map.of());
    }

    Tagged with(String value, Fields fields) {
        Map<String, Fields> more = new LinkedHashMap<>(kinds);
        more.put(value, fields);
        return new Tagged(tag, more);
    }

    @Override
    public String noun() {
        return "object";
    }

    @Override
    public boolean fits(JsonNode value) {
        return value.isObject();
    }

    @Override
    public void checkInside(String path, JsonNode value) {
        Shape known = new OneOf(List.copyOf(kinds.keySet()));
        Fields.NONE.with(tag, known).requiring(tag).checkInside(path, value);
        Fields fields = kinds.get(value.path(tag).stringValue());
        if (fields != null) {
            fields.checkInside(path, value);
        }
    }
}
