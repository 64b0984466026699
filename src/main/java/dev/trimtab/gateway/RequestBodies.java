package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.BodyExtractors;
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
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), limit)
                .map(RequestBodies::bytes)
                .defaultIfEmpty(new byte[0])
                .onErrorMap(DataBufferLimitException.class, failure -> tooLarge());
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private ApiException tooLarge() {
        return ApiException.invalid(null, "The request body is too large (expected: at most " + limit + " bytes).")
                .withStatus(413);
    }
}
