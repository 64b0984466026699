package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.RequestHead;
import dev.trimtab.upstream.Upstream.Body;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Everything of the API that is not steered: it passes as it is, both ways as it comes. A request that a steering policy
 * would apply to is refused where its answer may be generated text, since it would get out unsteered.
 */
final class OtherEndpoints {
    /** What answers without writing text of its own. */
    private static final Set<String> WITHOUT_TEXT = Set.of(
            "models",
            "embeddings",
            "moderations",
            "images",
            "audio",
            "files",
            "uploads",
            "vector_stores",
            "fine_tuning",
            "rerank",
            "score");

    private final Passage passage;
    private final PolicyChooser policies;
    private final RequestBodies bodies;
    private final long limit;

    OtherEndpoints(Passage passage, PolicyChooser policies, DataSize limit) {
        this.passage = passage;
        this.policies = policies;
        this.bodies = new RequestBodies(limit);
        this.limit = limit.toBytes();
    }

    Mono<ServerResponse> pass(ServerRequest request) {
        return Mono.defer(() -> {
            boolean writes = !WITHOUT_TEXT.contains(Passage.segments(request)[2]);
            if (writes && policies.serveModels()) {
                return bodies.read(request).defaultIfEmpty(new byte[0]).flatMap(body -> {
                    checkUnsteered(model(body), request);
                    return passage.pass(request, Body.of(body));
                });
            }
            if (writes) {
                checkUnsteered(null, request);
            }
            long length = request.headers().contentLength().orElse(Body.UNKNOWN_LENGTH);
            if (length > limit) {
                return Mono.error(RequestBodies.tooLarge(limit));
            }
            return passage.pass(request, hasBody(request, length) ? new Body(length, buffers(request)) : Body.NONE);
        });
    }

    /** A body without a length comes in chunks, and says so. */
    private static boolean hasBody(ServerRequest request, long length) {
        return length > 0 || request.headers().firstHeader("transfer-encoding") != null;
    }

    /** Null where the body names none. */
    private static @Nullable String model(byte[] body) {
        try {
            return RequestHead.scan(body).model();
        } catch (ApiException otherwise) {
            return null;
        }
    }

    private void checkUnsteered(@Nullable String model, ServerRequest request) {
        policies.choose(model, request).filter(chosen -> !chosen.passes()).ifPresent(chosen -> {
            throw new ApiException(
                    ErrorKind.POLICY_REFUSED,
                    "Policy " + chosen.policy().name() + " cannot be applied to " + request.method() + " "
                            + request.path() + " (expected: POST /v1/chat/completions or /v1/completions)");
        });
    }

    private Flux<ByteBuf> buffers(ServerRequest request) {
        AtomicLong arrived = new AtomicLong();
        return request.exchange()
                .getRequest()
                .getBody()
                .map(buffer -> {
                    if (arrived.addAndGet(buffer.readableByteCount()) > limit) {
                        DataBufferUtils.release(buffer);
                        throw RequestBodies.tooLarge(limit);
                    }
                    return NettyDataBufferFactory.toByteBuf(buffer);
                })
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }
}
