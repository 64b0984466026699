package dev.trimtab.upstream;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An upstream as one request finds it: what it is known to be able to do stays the same until the answer's end, whatever a
 * probe learns meanwhile.
 *
 * @param capabilities of the model that the request is for
 */
public record Asked(Upstream upstream, Capabilities capabilities) {
    public String name() {
        return upstream.name();
    }

    /** How far its drafts may run. */
    public Drafting drafting() {
        return upstream.settings().drafting();
    }

    /** The upstream's id for a token's bytes, or −1 where its vocabulary is not known or has no such token. */
    public int idOf(byte[] bytes) {
        Vocabulary vocabulary = upstream.settings().vocabulary();
        return vocabulary == null ? Token.NO_ID : vocabulary.idOf(bytes);
    }

    /**
     * The text of a prompt of token ids.
     *
     * @throws ApiException where the vocabulary is not known or has no such token
     */
    public String text(int[] ids) {
        Vocabulary vocabulary = upstream.settings().vocabulary();
        if (vocabulary == null) {
            throw ApiException.invalid(
                    "prompt", "prompt: token ids (expected: text, since the upstream's vocabulary is not known)");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            if (id < 0 || id >= vocabulary.size()) {
                throw ApiException.invalid(
                        "prompt", "prompt: token " + id + " (expected: 0.." + (vocabulary.size() - 1) + ")");
            }
            bytes.writeBytes(vocabulary.bytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Opens the drafting of one choice of an answer.
     *
     * @param prompt the request's JSON with this choice's prompt in it
     * @param authorization the client's own {@code Authorization}, used where the upstream has no key
     */
    public Drafter drafter(GenerationRequest request, ObjectNode prompt, @Nullable String authorization) {
        return upstream.drafter(request, prompt, capabilities, authorization);
    }
}
