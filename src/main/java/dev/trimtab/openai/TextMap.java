package dev.trimtab.openai;

import tools.jackson.databind.JsonNode;

/**
 * The client's own notes: a few short strings under short names.
 *
 * @param maxEntries entries at most
 * @param maxName UTF-16 units of a name at most
 * @param value what is stored under a name
 */
record TextMap(int maxEntries, int maxName, Shape value) implements Shape {
    @Override
    public String noun() {
        return "metadata object";
    }

    @Override
    public boolean fits(JsonNode json) {
        return json.isObject();
    }

    @Override
    public void checkInside(String path, JsonNode json) {
        if (json.size() > maxEntries) {
            throw Refusal.manyEntries(path, maxEntries, json.size());
        }
        json.forEachEntry((name, text) -> {
            if (name.length() > maxName) {
                throw Refusal.longName(path, name, maxName);
            }
            value.check(path + "." + name, text);
        });
    }
}
