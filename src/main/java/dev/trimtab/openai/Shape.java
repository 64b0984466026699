package dev.trimtab.openai;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a JSON value may be; a value that is not is refused in the words of the real API. */
sealed interface Shape
        permits Shape.Flag,
                Shape.Text,
                Shape.OneOf,
                Shape.Whole,
                Shape.Decimal,
                ListOf,
                Either,
                Fields,
                Tagged,
                TextMap {
    /** What the real API calls such a value, without article. */
    String noun();

    /** Whether the value is of the right JSON type; what is inside may still be wrong. */
    boolean fits(JsonNode value);

    /** Checks a value of the right type. */
    void checkInside(String path, JsonNode value);

    /**
     * Checks a value that is present.
     *
     * @throws ApiException that names the path of the first thing that is wrong
     */
    default void check(String path, JsonNode value) {
        if (!fits(value)) {
            throw Refusal.type(path, expected(), value);
        }
        checkInside(path, value);
    }

    /** What the real API says it expected. */
    default String expected() {
        return ("aeiou".indexOf(noun().charAt(0)) < 0 ? "a " : "an ") + noun();
    }

    default String plural() {
        return noun() + "s";
    }

    /** True or false. */
    record Flag() implements Shape {
        @Override
        public String noun() {
            return "boolean";
        }

        @Override
        public boolean fits(JsonNode value) {
            return value.isBoolean();
        }

        @Override
        public void checkInside(String path, JsonNode value) {}
    }

    /**
     * A string.
     *
     * @param max UTF-16 units
     */
    record Text(int max) implements Shape {
        @Override
        public String noun() {
            return "string";
        }

        @Override
        public boolean fits(JsonNode value) {
            return value.isString();
        }

        @Override
        public void checkInside(String path, JsonNode value) {
            int length = value.stringValue().length();
            if (length > max) {
                throw Refusal.longText(path, max, length);
            }
        }
    }

    /** One of a few strings. */
    record OneOf(List<String> values) implements Shape {
        @Override
        public String noun() {
            return "string";
        }

        @Override
        public boolean fits(JsonNode value) {
            return value.isString();
        }

        @Override
        public void checkInside(String path, JsonNode value) {
            if (!values.contains(value.stringValue())) {
                throw Refusal.value(path, values, value.stringValue());
            }
        }
    }

    /** A whole number within bounds, both inclusive. */
    record Whole(long min, long max) implements Shape {
        @Override
        public String noun() {
            return "integer";
        }

        @Override
        public boolean fits(JsonNode value) {
            return value.isIntegralNumber();
        }

        @Override
        public void checkInside(String path, JsonNode value) {
            BigInteger number = value.bigIntegerValue();
            if (number.compareTo(BigInteger.valueOf(min)) < 0) {
                throw Refusal.below(path, noun(), min, value);
            }
            if (number.compareTo(BigInteger.valueOf(max)) > 0) {
                throw Refusal.above(path, noun(), max, value);
            }
        }
    }

    /** A number within bounds, both inclusive. */
    record Decimal(long min, long max) implements Shape {
        @Override
        public String noun() {
            return "decimal";
        }

        @Override
        public boolean fits(JsonNode value) {
            return value.isNumber();
        }

        @Override
        public void checkInside(String path, JsonNode value) {
            BigDecimal number = value.decimalValue();
            if (number.compareTo(BigDecimal.valueOf(min)) < 0) {
                throw Refusal.below(path, noun(), min, value);
            }
            if (number.compareTo(BigDecimal.valueOf(max)) > 0) {
                throw Refusal.above(path, noun(), max, value);
            }
        }
    }
}
