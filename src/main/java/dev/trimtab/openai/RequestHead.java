package dev.trimtab.openai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

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
        if (scan.modelEnd > 0) {
            out.write(body, 0, scan.modelStart);
            out.writeBytes(value);
            out.write(body, scan.modelEnd, body.length - scan.modelEnd);
        } else {
            out.write(body, 0, scan.firstField);
            out.writeBytes("\"model\":".getBytes(StandardCharsets.UTF_8));
            out.writeBytes(value);
            out.writeBytes((scan.empty ? "" : ",").getBytes(StandardCharsets.UTF_8));
            out.write(body, scan.firstField, body.length - scan.firstField);
        }
        return out.toByteArray();
    }

    /** One pass over a body's top level; of a name that stands twice the last value counts, as in most parsers. */
    private static final class Scan {
        private @Nullable String model;
        private boolean stream;
        private boolean empty = true;
        private int modelStart;
        private int modelEnd;
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
            firstField = (int) parser.currentLocation().getByteOffset();
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
            modelStart = (int) parser.currentTokenLocation().getByteOffset();
            parser.finishToken();
            parser.skipChildren();
            modelEnd = (int) parser.currentLocation().getByteOffset();
        }
    }
}
