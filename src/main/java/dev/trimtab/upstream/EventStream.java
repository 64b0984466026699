package dev.trimtab.upstream;

import dev.trimtab.openai.AnswerChunk;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Sse;
import dev.trimtab.openai.SseReader;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientResponse;

/** Reads the answer to a generation call: a stream of events, one whole body, or an error. */
final class EventStream {
    private static final int REJECTION_LIMIT = 64 * 1024;
    private static final int ANSWER_LIMIT = 64 << 20;

    private EventStream() {}

    /** The JSON payloads of a 200; an {@link ApiException} for any other status. */
    static Flux<byte[]> read(HttpClientResponse response, Flux<byte[]> body) {
        int status = response.status().code();
        if (status != 200) {
            return rejected(status, retryAfter(response.responseHeaders().get("retry-after")), body)
                    .flux();
        }
        String type = response.responseHeaders().get("content-type", "");
        if (!type.startsWith("text/event-stream")) {
            return whole(body, ANSWER_LIMIT).flux();
        }
        SseReader reader = new SseReader();
        return body.concatMapIterable(bytes -> payloads(reader.feed(bytes)));
    }

    private static List<byte[]> payloads(List<byte[]> payloads) {
        List<byte[]> kept = new ArrayList<>(payloads);
        kept.removeIf(payload -> payload.length == 0 || Sse.isDone(payload));
        return kept;
    }

    private static Mono<byte[]> whole(Flux<byte[]> body, int limit) {
        return body.collect(ByteArrayOutputStream::new, (all, bytes) -> {
                    if (all.size() + bytes.length > limit) {
                        throw new ApiException(
                                ErrorKind.UPSTREAM_FAILED,
                                "answer: over " + limit + " bytes (expected: at most " + limit + ")");
                    }
                    all.writeBytes(bytes);
                })
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static Mono<byte[]> rejected(int status, @Nullable Duration retryAfter, Flux<byte[]> body) {
        return whole(body, REJECTION_LIMIT)
                .onErrorReturn(new byte[0])
                .flatMap(bytes -> Mono.error(Failures.rejection(status, retryAfter, bytes)));
    }

    /** Seconds or a date (RFC 9110, 10.2.3); null where it is neither. */
    static @Nullable Duration retryAfter(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            return header.matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(header))
                    : notNegative(Duration.between(
                            Instant.now(), DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from)));
        } catch (DateTimeParseException neither) {
            return null;
        }
    }

    private static Duration notNegative(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    /** The chunk of a payload; an {@link ApiException} where it is an error or not JSON. */
    static AnswerChunk chunk(byte[] payload) {
        AnswerChunk chunk;
        try {
            chunk = AnswerChunk.parse(payload);
        } catch (RuntimeException garbage) {
            throw new ApiException(
                    ErrorKind.UPSTREAM_FAILED, "The upstream sent a chunk that is not a completion (expected: JSON).");
        }
        if (chunk.json().has("error")) {
            throw Failures.failure(chunk.json().path("error"));
        }
        return chunk;
    }
}
