package dev.trimtab.openai;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a JSON value must look like; a violation is worded as the real API words it. A null is taken for an absent value.
 */
sealed interface Shape {
    /** Anything. */
    Shape ANY = new OfType("anything", node -> true);

    Shape STRING = new OfType("a string", JsonNode::isString);
    Shape BOOLEAN = new OfType("a boolean", JsonNode::isBoolean);
    Shape OBJECT = new OfType("an object", JsonNode::isObject);
    Shape ARRAY = new OfType("an array", JsonNode::isArray);

    /**
     * Checks a value that is present.
     *
     * @throws ApiException that names the path
     */
    void check(String path, JsonNode node);

    static Shape integer(long min, long max) {
        return new Whole(min, max);
    }

    static Shape decimal(double min, double max) {
        return new Decimal(min, max);
    }

    static Shape oneOf(String... values) {
        return new OneOf(Arrays.asList(values));
    }

    static Shape listOf(Shape element) {
        return new ListOf(element);
    }

    static Fields fields() {
        return new Fields(new LinkedHashMap<>(), Set.of());
    }

    /** A value of a type. */
    record OfType(String expected, Predicate<JsonNode> test) implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            if (!test.test(node)) {
                throw wrongType(path, expected, node);
            }
        }
    }

    /** A whole number within bounds, both inclusive. */
    record Whole(long min, long max) implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            if (!node.isIntegralNumber()) {
                throw wrongType(path, "an integer", node);
            }
            if (node.asDouble() < min) {
                throw outside(path, "integer", "below minimum value", ">= " + min, node.asString());
            }
            if (node.asDouble() > max) {
                throw outside(path, "integer", "above maximum value", "<= " + max, node.asString());
            }
        }
    }

    /** A number within bounds, both inclusive. */
    record Decimal(double min, double max) implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            if (!node.isNumber()) {
                throw wrongType(path, "a decimal", node);
            }
            if (node.asDouble() < min) {
                throw outside(path, "decimal", "below minimum value", ">= " + shortest(min), node.asString());
            }
            if (node.asDouble() > max) {
                throw outside(path, "decimal", "above maximum value", "<= " + shortest(max), node.asString());
            }
        }

        private static String shortest(double value) {
            return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
        }
    }

    /** One of a few strings. */
    record OneOf(List<String> values) implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            STRING.check(path, node);
            if (!values.contains(node.asString())) {
                throw ApiException.invalid(
                                path, "Invalid value: '" + node.asString() + "'. Supported values are: " + list() + ".")
                        .withCode("invalid_value");
            }
        }

        private String list() {
            List<String> quoted =
                    values.stream().map(value -> "'" + value + "'").toList();
            if (quoted.size() == 2) {
                return String.join(" and ", quoted);
            }
            String most = quoted.stream().limit(quoted.size() - 1L).collect(Collectors.joining(", "));
            return most + ", and " + quoted.get(quoted.size() - 1);
        }
    }

    /** An array whose elements have a shape. */
    record ListOf(Shape element) implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            ARRAY.check(path, node);
            for (int i = 0; i < node.size(); i++) {
                element.check(path + "[" + i + "]", node.get(i));
            }
        }
    }

    /** A value for which one of several types will do. */
    record Either(String expected, Map<Predicate<JsonNode>, Shape> shapes) implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            for (Map.Entry<Predicate<JsonNode>, Shape> one : shapes.entrySet()) {
                if (one.getKey().test(node)) {
                    one.getValue().check(path, node);
                    return;
                }
            }
            throw wrongType(path, expected, node);
        }
    }

    /** A map from whole numbers to nats within −100..100. */
    record Bias() implements Shape {
        @Override
        public void check(String path, JsonNode node) {
            OBJECT.check(path, node);
            node.forEachEntry((id, nats) -> {
                if (!id.matches("\\d{1,9}")) {
                    throw ApiException.invalid(path, "Invalid key in '" + path + "': " + id + ". Expected a token id.")
                            .withCode("invalid_value");
                }
                if (!nats.isNumber() || Math.abs(nats.asDouble()) > 100) {
                    String shown = nats.isNumber() ? String.valueOf(nats.asDouble()) : nats.toString();
                    throw ApiException.invalid(
                            path, "Logit bias value " + shown + " is invalid or outside of range [-100, 100]");
                }
            });
        }
    }

    /** An object with named fields; fields without a name here pass. */
    record Fields(Map<String, Shape> shapes, Set<String> required) implements Shape {
        Fields with(String name, Shape shape) {
            Map<String, Shape> more = new LinkedHashMap<>(shapes);
            more.put(name, shape);
            return new Fields(more, required);
        }

        Fields with(Shape shape, String... names) {
            Fields more = this;
            for (String name : names) {
                more = more.with(name, shape);
            }
            return more;
        }

        Fields requiring(String... names) {
            return new Fields(shapes, Set.of(names));
        }

        void check(JsonNode node) {
            check("", node);
        }

        @Override
        public void check(String path, JsonNode node) {
            if (!node.isObject()) {
                throw wrongType(path, "an object", node);
            }
            String prefix = path.isEmpty() ? "" : path + ".";
            shapes.forEach((name, shape) -> {
                JsonNode value = node.path(name);
                boolean absent = value.isMissingNode() || value.isNull();
                if (absent && required.contains(name)) {
                    throw ApiException.invalid(prefix + name, "Missing required parameter: '" + prefix + name + "'.")
                            .withCode("missing_required_parameter");
                }
                if (!absent) {
                    shape.check(prefix + name, value);
                }
            });
        }
    }

    private static ApiException wrongType(String path, String expected, JsonNode got) {
        return ApiException.invalid(
                        path,
                        "Invalid type for '" + path + "': expected " + expected + ", but got " + named(got)
                                + " instead.")
                .withCode("invalid_type");
    }

    private static ApiException outside(String path, String type, String where, String expected, String got) {
        return ApiException.invalid(
                        path,
                        "Invalid '" + path + "': " + type + " " + where + ". Expected a value " + expected
                                + ", but got " + got + " instead.")
                .withCode(type + "_" + where.replace(' ', '_'));
    }

    private static String named(JsonNode node) {
        if (node.isString()) {
            return "a string";
        }
        if (node.isBoolean()) {
            return "a boolean";
        }
        if (node.isNumber()) {
            return node.isIntegralNumber() ? "an integer" : "a decimal";
        }
        if (node.isNull()) {
            return "null";
        }
        return node.isArray() ? "an array" : "an object";
    }
}
