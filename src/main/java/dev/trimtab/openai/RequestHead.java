package dev.trimtab.openai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * What a request must be read for to be routed. No tree is built.
 *
 * @param model the top-level {@code model}, or null where it is absent or not a string
 * @param stream true where the top-level {@code stream} is true
 */
public record RequestHead(@Nullable String model, boolean stream) {

    /**
     * Scans a body.
     *
     * @throws ApiException where the body is not a JSON object
     */
    public static RequestHead scan(byte[] body) {
        Scan scan = Scan.of(body);
        return new RequestHead(scan.model, scan.stream);
    }

    /** The body with the value of its top-level {@code model} replaced; every other byte stays. */
    public static byte[] withModel(byte[] body, String model) {
        Scan scan = Scan.of(body);
        byte[] value = Json.mapper().writeValueAsBytes(model);
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + value.length);
        int copied = 0;
        for (Span span : scan.models) {
            out.write(body, copied, span.start - copied);
            out.writeBytes(value);
            copied = span.end;
        }
        if (scan.models.isEmpty()) {
            out.write(body, 0, scan.firstField);
            out.writeBytes(utf8("\"model\":"));
            out.writeBytes(value);
            out.writeBytes(utf8(scan.empty ? "" : ","));
            copied = scan.firstField;
        }
        out.write(body, copied, body.length - copied);
        return out.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes of a body, the end exclusive. */
    private record Span(int start, int end) {}

    /** One pass over a body's top level; of a name that stands twice the last value counts, as in most parsers. */
    private static final class Scan {
        private final List<Span> models = new ArrayList<>();
        private @Nullable String model;
        private boolean stream;
        private boolean empty = true;
        private int firstField;

        static Scan of(byte[] body) {
            Scan scan = new Scan();
            try (JsonParser parser = Json.mapper().createParser(body)) {
                scan.read(parser);
            } catch (JacksonException malformed) {
                throw Json.malformed();
            }
            return scan;
        }

        private void read(JsonParser parser) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Json.malformed();
            }
            firstField = offset(parser.currentLocation());
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                empty = false;
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if ("model".equals(name)) {
                    model(parser, value);
                } else if ("stream".equals(name)) {
                    stream = value == JsonToken.VALUE_TRUE;
                }
                parser.skipChildren();
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw Json.malformed();
            }
        }

        private void model(JsonParser parser, JsonToken value) {
            model = value == JsonToken.VALUE_STRING ? parser.getString() : null;
            int start = offset(parser.currentTokenLocation());
            parser.finishToken();
            parser.skipChildren();
            models.add(new Span(start, offset(parser.currentLocation())));
        }

        /** Only UTF-8 is parsed from bytes; a body in UTF-16 or UTF-32 has no byte offsets, and no business here. */
        private static int offset(TokenStreamLocation location) {
            if (location.getByteOffset() < 0) {
                throw Json.malformed();
            }
            return Math.toIntExact(location.getByteOffset());
        }
    }
}
