package dev.trimtab.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import reactor.core.publisher.Flux;

/**
 * An upstream's answer as it came.
 *
 * @param status the HTTP status
 * @param headers all of its headers
 * @param body its bytes as they arrive; to be subscribed once; each buffer is the subscriber's to release; cancelling
 *     closes the connection
 */
public record Passed(int status, HttpHeaders headers, Flux<ByteBuf> body) {}
