package dev.trimtab.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Holds the tables of shapes against the API's specification: every field, every bound, every supported value. */
class SpecificationTest {
    /** Other servers' fields; and values that the specification lists although any other string will do. */
    private static final Set<String> OTHERS_FIELDS = Set.of("top_k", "min_p");

    /** How many candidates may be asked for is the upstream's to say: many show more than the API does. */
    private static final Set<String> UPSTREAM_LIMITS = Set.of("top_logprobs", "logprobs");

    private static final Set<String> OPEN_LISTS = Set.of("model", "audio.voice");

    private static JsonNode schemas;

    @BeforeAll
    static void read() {
        schemas = SharedFiles.schemas();
    }

    static Stream<Arguments> tables() {
        return Stream.of(
                arguments("CreateChatCompletionRequest", RequestShapes.CHAT),
                arguments("CreateCompletionRequest", RequestShapes.COMPLETION),
                arguments("CreateChatCompletionResponse", AnswerShapes.CHAT),
                arguments("CreateChatCompletionStreamResponse", AnswerShapes.CHAT_CHUNK),
                arguments("CreateCompletionResponse", AnswerShapes.COMPLETION),
                arguments("Model", AnswerShapes.MODEL),
                arguments("ListModelsResponse", AnswerShapes.MODELS));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void table_everyField_isInTheSpecificationAndBack(String schema, Fields table) {
        Set<String> known = new TreeSet<>(walk(table).keySet());
        known.removeAll(OTHERS_FIELDS);
        Set<String> specified = new TreeSet<>(specified(schema).keySet());
        assertThat(specified).hasSizeGreaterThan(4);
        assertThat(known).containsAll(specified);
        if (schema.endsWith("Request")) {
            assertThat(specified).containsAll(known);
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void table_boundsAndValues_areThoseOfTheSpecification(String schema, Fields table) {
        Map<String, Set<String>> known = walk(table);
        specified(schema).forEach((path, limits) -> {
            boolean open = OPEN_LISTS.contains(path) || UPSTREAM_LIMITS.contains(path);
            if (schema.endsWith("Request") && !open) {
                assertThat(known.get(path)).as(path).containsAll(limits);
            }
        });
    }

    /** What the specification says of each path: values and bounds, as {@link #walk} words them. */
    private static Map<String, Set<String>> specified(String schema) {
        Map<String, Set<String>> found = new TreeMap<>();
        visit("", schemas.path(schema), found, Set.of());
        return found;
    }

    private static void visit(String path, JsonNode schema, Map<String, Set<String>> found, Set<String> above) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").stringValue().replaceAll(".*/", "");
            Set<String> within = new HashSet<>(above);
            if (within.add(name)) {
                visit(path, schemas.path(name), found, within);
            }
            return;
        }
        Stream.of("allOf", "anyOf", "oneOf")
                .flatMap(several -> schema.path(several).valueStream())
                .forEach(one -> visit(path, one, found, above));
        schema.path("properties").forEachEntry((name, field) -> visit(under(path, name), field, found, above));
        if (schema.has("items")) {
            visit(path + "[]", schema.path("items"), found, above);
        }
        limits(schema).forEach(limit -> at(path, found).add(limit));
        at(path, found);
    }

    private static List<String> limits(JsonNode schema) {
        if (schema.path("enum").isArray()) {
            return schema.path("enum").valueStream().map(JsonNode::asString).toList();
        }
        return Stream.of("minimum", "maximum")
                .filter(schema::has)
                .map(bound -> bound + " " + inLong(schema.path(bound)))
                .toList();
    }

    /** The specification gives the bounds of 64-bit integers as a decimal would round them. */
    private static long inLong(JsonNode bound) {
        BigInteger value = bound.decimalValue().toBigInteger();
        return value.min(BigInteger.valueOf(Long.MAX_VALUE))
                .max(BigInteger.valueOf(Long.MIN_VALUE))
                .longValue();
    }

    private static Map<String, Set<String>> walk(Shape table) {
        Map<String, Set<String>> found = new TreeMap<>();
        visit("", table, found);
        return found;
    }

    private static void visit(String path, Shape shape, Map<String, Set<String>> found) {
        at(path, found).addAll(limits(shape));
        if (shape instanceof Fields fields) {
            fields.shapes().forEach((name, field) -> visit(under(path, name), field, found));
        } else if (shape instanceof Tagged tagged) {
            at(under(path, tagged.tag()), found).addAll(tagged.kinds().keySet());
            tagged.kinds().values().forEach(kind -> visit(path, kind, found));
        } else if (shape instanceof ListOf list) {
            visit(path + "[]", list.element(), found);
        } else if (shape instanceof Either either) {
            either.shapes().forEach(one -> visit(path, one, found));
        }
    }

    private static List<String> limits(Shape shape) {
        if (shape instanceof Shape.OneOf values) {
            return values.values();
        }
        if (shape instanceof Shape.Whole whole) {
            return List.of("minimum " + whole.min(), "maximum " + whole.max());
        }
        return shape instanceof Shape.Decimal decimal
                ? List.of("minimum " + decimal.min(), "maximum " + decimal.max())
                : List.of();
    }

    private static String under(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static Set<String> at(String path, Map<String, Set<String>> found) {
        return found.computeIfAbsent(path, key -> new TreeSet<>());
    }
}
