package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import java.io.ByteArrayOutputStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;

/** Reads request bodies whole, up to a limit. */
final class RequestBodies {
    private final int limit;

    RequestBodies(DataSize limit) {
        this.limit = Math.toIntExact(limit.toBytes());
    }

    Mono<byte[]> read(ServerRequest request) {
        if (request.headers().contentLength().orElse(0) > limit) {
            return Mono.error(tooLarge());
        }
        return request.exchange()
                .getRequest()
                .getBody()
                .collect(ByteArrayOutputStream::new, this::add)
                .map(ByteArrayOutputStream::toByteArray);
    }

    private void add(ByteArrayOutputStream body, DataBuffer buffer) {
        try {
            if (body.size() + buffer.readableByteCount() > limit) {
                throw tooLarge();
            }
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            body.writeBytes(bytes);
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    private ApiException tooLarge() {
        return tooLarge(limit);
    }

    /** What a body beyond a limit is answered with. */
    static ApiException tooLarge(long limit) {
        return ApiException.invalid(null, "The request body is too large (expected: at most " + limit + " bytes).")
                .withStatus(413);
    }
}
