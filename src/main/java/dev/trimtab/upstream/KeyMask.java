package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Puts stars in the place of the gateway's own key, which an upstream may repeat in what it answers. Lengths stay. */
final class KeyMask {
    /** Fewer characters are no secret, and stand everywhere. */
    private static final int LEAST = 8;

    private static final byte STAR = '*';

    private final byte[] key;

    /** @param key null where the gateway has none */
    KeyMask(@Nullable ApiKey key) {
        byte[] given = key == null ? new byte[0] : key.reveal().getBytes(StandardCharsets.UTF_8);
        this.key = given.length < LEAST ? new byte[0] : given;
    }

    /** A body without the key, however it is cut into buffers. */
    Flux<ByteBuf> body(Flux<ByteBuf> body) {
        return key.length == 0
                ? body
                : Flux.defer(() -> {
                    Passing passing = new Passing();
                    return body.map(passing::next).concatWith(Flux.defer(passing::rest));
                });
    }

    byte[] payload(byte[] payload) {
        if (key.length > 0) {
            mask(Unpooled.wrappedBuffer(payload));
        }
        return payload;
    }

    HttpHeaders headers(HttpHeaders headers) {
        if (key.length > 0) {
            for (Map.Entry<String, String> header : headers.copy()) {
                if (!text(header.getValue()).equals(header.getValue())) {
                    headers.set(header.getKey(), text(header.getValue()));
                }
            }
        }
        return headers;
    }

    Throwable failure(Throwable failure) {
        if (!(failure instanceof ApiException error) || key.length == 0) {
            return failure;
        }
        ApiException masked =
                new ApiException(error.kind(), text(String.valueOf(error.getMessage()))).withStatus(error.status());
        masked = error.param() == null ? masked : masked.withParam(text(error.param()));
        masked = error.code() == null ? masked : masked.withCode(text(error.code()));
        return error.retryAfter() == null ? masked : masked.withRetryAfter(error.retryAfter());
    }

    private String text(String text) {
        return text.replace(new String(key, StandardCharsets.UTF_8), "*".repeat(key.length));
    }

    private void mask(ByteBuf bytes) {
        int end = bytes.writerIndex();
        for (int at = next(bytes, bytes.readerIndex()); at >= 0; at = next(bytes, at + 1)) {
            if (end - at >= key.length && matches(bytes, at, key.length)) {
                for (int i = 0; i < key.length; i++) {
                    bytes.setByte(at + i, STAR);
                }
            }
        }
    }

    private int next(ByteBuf bytes, int from) {
        return bytes.indexOf(from, bytes.writerIndex(), key[0]);
    }

    private boolean matches(ByteBuf bytes, int at, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(at + i) != key[i]) {
                return false;
            }
        }
        return true;
    }

    /** One body on its way; what may be the beginning of the key waits for the next buffer. */
    private final class Passing {
        private byte[] waiting = {};

        private ByteBuf next(ByteBuf buffer) {
            ByteBuf all =
                    waiting.length == 0 ? buffer : Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(waiting), buffer);
            mask(all);
            int end = all.writerIndex();
            int at = Math.max(all.readerIndex(), end - key.length + 1);
            while (at < end && !matches(all, at, end - at)) {
                at++;
            }
            waiting = ByteBufUtil.getBytes(all, at, end - at);
            return all.writerIndex(at);
        }

        private Flux<ByteBuf> rest() {
            return waiting.length == 0 ? Flux.empty() : Flux.just(Unpooled.wrappedBuffer(waiting));
        }
    }
}
