package dev.trimtab.upstream;

import dev.trimtab.model.ChatFormat;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.Template;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Writes out the prompt of one choice, where it does not go upstream as it came. */
interface PromptWriter {
    /**
     * Writes the prompt of a request, which has {@code messages} or a text {@code prompt}.
     *
     * @return an {@link dev.trimtab.openai.ApiException} where a message cannot be written, or would end its own turn
     */
    Mono<WrittenPrompt> write(ObjectNode request);

    /** The ids of a piece of an answer, empty where nobody can tell. */
    Mono<int[]> spell(String text);

    /**
     * The writer of a request's prompts, or null where they go upstream as they came.
     *
     * @param prompt the request's JSON with a policy's preface before its messages
     * @param tokenizer the upstream's, where it is known
     */
    static @Nullable PromptWriter of(
            GenerationRequest request,
            ObjectNode prompt,
            Capabilities capabilities,
            @Nullable Tokenizer tokenizer,
            ServerTokens server) {
        Template template = capabilities.template();
        ChatFormat format = template.format();
        if (request instanceof ChatRequest chat) {
            int preface = prompt.path("messages").size() - chat.messages().size();
            boolean byIds = capabilities.continuation() == Continuation.TOKEN_IDS;
            return format != null
                    ? new FormattedPrompt(format, byIds ? tokenizer : null, preface)
                    : template.isServers() ? new ServerPrompt(template, server) : null;
        }
        boolean needsIds = capabilities.continuation() == Continuation.TOKEN_IDS && !capabilities.promptIds();
        return needsIds && template.isServers() && prompt.path("prompt").isString()
                ? new ServerPrompt(template, server)
                : null;
    }
}
