package dev.trimtab.upstream;

import dev.trimtab.openai.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One generation call to the upstream.
 *
 * @param path behind the base URL, {@code /../} for what stands beside the API's version
 * @param body the request
 * @param authorization the client's own, if any
 */
record DraftCall(String path, ObjectNode body, @Nullable String authorization) {
    byte[] bytes() {
        return Json.bytes(body);
    }
}
