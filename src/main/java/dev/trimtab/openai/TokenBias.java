package dev.trimtab.openai;

import tools.jackson.databind.JsonNode;

/** Nats within −100..100 by token id. */
record TokenBias() implements Shape {
    private static final double MOST = 100;

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
        value.forEachEntry((id, nats) -> {
            if (!id.matches("\\d{1,9}")) {
                throw Refusal.of(
                        path, "invalid_value", "Invalid key in '%s': %s. Expected a token id.".formatted(path, id));
            }
            if (!nats.isNumber() || Math.abs(nats.doubleValue()) > MOST) {
                String shown = nats.isNumber() ? String.valueOf(nats.doubleValue()) : nats.toString();
                throw ApiException.invalid(
                        path, "Logit bias value " + shown + " is invalid or outside of range [-100, 100]");
            }
        });
    }
}
