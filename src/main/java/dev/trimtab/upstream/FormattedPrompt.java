package dev.trimtab.upstream;

import dev.trimtab.model.ChatFormat;
import dev.trimtab.model.ChatFormat.InexpressibleException;
import dev.trimtab.model.PromptTemplate.Part;
import dev.trimtab.model.Tokenizer;
import dev.trimtab.openai.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes chats in a format that is built in: in ids where the upstream's tokenizer is known, otherwise as text. */
final class FormattedPrompt implements PromptWriter {
    /** What asks for more than the format has. */
    private static final List<String> NOT_WRITTEN =
            List.of("chat_template", "chat_template_kwargs", "documents", "reasoning_effort");

    private final ChatFormat format;
    private final @Nullable Tokenizer tokenizer;
    private final int preface;

    /** @param preface how many of the messages are not the client's */
    FormattedPrompt(ChatFormat format, @Nullable Tokenizer tokenizer, int preface) {
        this.format = format;
        this.tokenizer = tokenizer;
        this.preface = preface;
    }

    @Override
    public Mono<WrittenPrompt> write(ObjectNode request) {
        return Mono.fromSupplier(() -> {
            for (String field : NOT_WRITTEN) {
                if (request.hasNonNull(field)) {
                    throw ApiException.invalid(
                            field, field + ": not available on a steered request, whose prompt the gateway writes");
                }
            }
            return written(parts(request));
        });
    }

    private WrittenPrompt written(List<Part> parts) {
        try {
            String text = format.text(parts);
            return new WrittenPrompt(tokenizer == null ? new int[0] : format.ids(parts, tokenizer), text);
        } catch (InexpressibleException refused) {
            throw refused(refused.message(), "role", String.valueOf(refused.getMessage()));
        }
    }

    private List<Part> parts(ObjectNode request) {
        List<Part> parts = new ArrayList<>();
        for (JsonNode message : request.path("messages")) {
            String role = message.path("role").asString("");
            String content = content(message.path("content"));
            String acting = format.acting(content, tokenizer);
            if (acting != null) {
                throw refused(parts.size(), "content", acting + " (expected: text without the model's own marks)");
            }
            parts.add(new Part("developer".equals(role) ? "system" : role, content));
        }
        return parts;
    }

    /** Several parts are joined as servers join them. */
    private static String content(JsonNode content) {
        return content.isArray()
                ? String.join(
                        "\n",
                        content.valueStream()
                                .map(part -> part.path("text").asString(""))
                                .toList())
                : content.asString("");
    }

    private ApiException refused(int message, String field, String why) {
        String param = message < preface
                ? "preface[" + message + "]." + field
                : "messages[" + (message - preface) + "]." + field;
        return ApiException.invalid(param, param + ": " + why);
    }

    @Override
    public Mono<int[]> spell(String text) {
        return Mono.just(tokenizer == null ? new int[0] : tokenizer.encode(text));
    }
}
