package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.upstream.Passed;
import dev.trimtab.upstream.Upstream.Body;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /v1/models} and {@code GET /v1/models/ID}: the upstream's models, and every policy under its own name. */
final class ModelsEndpoint {
    /** Bytes of an upstream's list of models. */
    private static final int LIMIT = 4 << 20;

    private final PolicyCatalogue policies;
    private final Passage passage;
    private final Instant created;

    ModelsEndpoint(PolicyCatalogue policies, Passage passage, Instant created) {
        this.policies = policies;
        this.passage = passage;
        this.created = created;
    }

    Mono<ServerResponse> one(ServerRequest request) {
        Passage.segments(request);
        String model = request.pathVariable("model").substring(1);
        return policies.find(model)
                .filter(policy -> isFor(request, policy))
                .map(policy -> json(Json.bytes(entry(policy))))
                .orElseGet(() -> passage.pass(request, Body.NONE));
    }

    /** A list that has nothing to be added to is the upstream's own, byte for byte. */
    Mono<ServerResponse> list(ServerRequest request) {
        List<Policy> listed =
                policies.all().stream().filter(policy -> isFor(request, policy)).toList();
        return listed.isEmpty()
                ? passage.pass(request, Body.NONE)
                : passage.ask(request, Body.NONE).flatMap(passed -> merged(passed, listed));
    }

    private static boolean isFor(ServerRequest request, Policy policy) {
        return Authentication.key(request)
                .map(key -> key.mayChoose(policy.name()))
                .orElse(true);
    }

    private Mono<ServerResponse> merged(Passed passed, List<Policy> listed) {
        if (passed.status() != 200) {
            return Mono.just(new PassedAnswer(passed));
        }
        return passed.body()
                .doOnDiscard(ByteBuf.class, ReferenceCountUtil::release)
                .collect(ByteArrayOutputStream::new, ModelsEndpoint::add)
                .flatMap(body -> json(merged(body.toByteArray(), listed)));
    }

    private static void add(ByteArrayOutputStream list, ByteBuf buffer) {
        try {
            if (list.size() + buffer.readableBytes() > LIMIT) {
                throw new ApiException(
                        ErrorKind.UPSTREAM_FAILED,
                        "The upstream's list of models is too large (expected: at most " + LIMIT + " bytes).");
            }
            list.writeBytes(ByteBufUtil.getBytes(buffer));
        } finally {
            buffer.release();
        }
    }

    private byte[] merged(byte[] body, List<Policy> listed) {
        JsonNode list = Json.tree(body);
        if (!(list instanceof ObjectNode object) || !(object.path("data") instanceof ArrayNode data)) {
            return body;
        }
        listed.forEach(policy -> data.add(entry(policy)));
        return Json.bytes(object);
    }

    private ObjectNode entry(Policy policy) {
        ObjectNode entry = Json.mapper().createObjectNode();
        entry.put("id", policy.name());
        entry.put("object", "model");
        entry.put("created", created.getEpochSecond());
        return entry.put("owned_by", "trimtab");
    }

    private static Mono<ServerResponse> json(byte[] body) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
    }
}
