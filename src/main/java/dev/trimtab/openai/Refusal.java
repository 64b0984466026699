package dev.trimtab.openai;

import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the OpenAI API says to a field that is wrong: message, {@code param} and {@code code} in its words. */
final class Refusal {
    private Refusal() {}

    static ApiException missing(String path) {
        return of(path, "missing_required_parameter", "Missing required parameter: '%s'.".formatted(path));
    }

    static ApiException type(String path, String expected, JsonNode got) {
        return of(
                path,
                "invalid_type",
                "Invalid type for '%s': expected %s, but got %s instead.".formatted(path, expected, name(got)));
    }

    static ApiException value(String path, Collection<String> supported, String got) {
        List<String> quoted = supported.stream().map("'%s'"::formatted).toList();
        String expected = quoted.size() == 1
                ? "Value must be %s.".formatted(quoted.get(0))
                : "Supported values are: %s.".formatted(enumerate(quoted));
        return of(path, "invalid_value", "Invalid value: '%s'. %s".formatted(got, expected));
    }

    static ApiException above(String path, String noun, long max, JsonNode got) {
        return of(
                path,
                noun + "_above_max_value",
                "Invalid '%s': %s above maximum value. Expected a value <= %d, but got %s instead."
                        .formatted(path, noun, max, got.asString()));
    }

    static ApiException below(String path, String noun, long min, JsonNode got) {
        return of(
                path,
                noun + "_below_min_value",
                "Invalid '%s': %s below minimum value. Expected a value >= %d, but got %s instead."
                        .formatted(path, noun, min, got.asString()));
    }

    static ApiException longText(String path, int max, int got) {
        return of(
                path,
                "string_above_max_length",
                ("Invalid '%s': string too long. Expected a string with maximum length %d, but got a string with length"
                                + " %d instead.")
                        .formatted(path, max, got));
    }

    static ApiException emptyList(String path) {
        return of(
                path,
                "empty_array",
                "Invalid '%s': empty array. Expected an array with minimum length 1, but got an empty array instead."
                        .formatted(path));
    }

    static ApiException longList(String path, int max, int got) {
        return of(
                path,
                "array_above_max_length",
                ("Invalid '%s': array too long. Expected an array with maximum length %d, but got an array with length"
                                + " %d instead.")
                        .formatted(path, max, got));
    }

    static ApiException manyEntries(String path, int max, int got) {
        return of(
                path,
                "object_above_max_properties",
                ("Invalid '%s': too many properties. Expected an object with at most %d properties, but got an object"
                                + " with %d properties instead.")
                        .formatted(path, max, got));
    }

    static ApiException longName(String path, String name, int max) {
        String shown = name.substring(0, 3) + "..." + name.substring(name.length() - 3);
        return of(
                path + "." + name,
                "property_name_above_max_length",
                ("Invalid property name in '%s': '%s' is too long. Expected a string with maximum length %d, but got a"
                                + " string with length %d instead.")
                        .formatted(path, shown, max, name.length()));
    }

    static ApiException of(String path, String code, String message) {
        return ApiException.invalid(path, message).withCode(code);
    }

    private static String enumerate(List<String> quoted) {
        int last = quoted.size() - 1;
        String comma = last > 1 ? "," : "";
        return String.join(", ", quoted.subList(0, last)) + comma + " and " + quoted.get(last);
    }

    private static String name(JsonNode json) {
        return switch (json.getNodeType()) {
            case STRING -> "a string";
            case BOOLEAN -> "a boolean";
            case NUMBER -> json.isIntegralNumber() ? "an integer" : "a decimal";
            case ARRAY -> json.isEmpty() ? "an empty array" : "an array";
            case OBJECT -> "an object";
            default -> "null";
        };
    }
}
