package dev.trimtab.openai;

import tools.jackson.databind.JsonNode;

/**
 * An array whose elements have one shape.
 *
 * @param min fewest elements, 0 or 1
 * @param max most elements
 */
record ListOf(Shape element, int min, int max) implements Shape {
    @Override
    public String noun() {
        return "array of " + element.plural();
    }

    @Override
    public String plural() {
        return "arrays of " + element.plural();
    }

    @Override
    public boolean fits(JsonNode value) {
        return value.isArray();
    }

    /** Whether the array could be meant to be this one, by its first element. */
    boolean startsLike(JsonNode array) {
        return array.isEmpty() || element.fits(array.get(0));
    }

    @Override
    public void checkInside(String path, JsonNode value) {
        if (value.size() < min) {
            throw Refusal.emptyList(path);
        }
        if (value.size() > max) {
            throw Refusal.longList(path, max, value.size());
        }
        for (int i = 0; i < value.size(); i++) {
            element.check(path + "[" + i + "]", value.get(i));
        }
    }
}
