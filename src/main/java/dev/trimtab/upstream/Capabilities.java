package dev.trimtab.upstream;

import dev.trimtab.model.ChatFormat;
import dev.trimtab.token.DraftLaw;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream can do, as far as steering depends on it.
 *
 * @param topLogprobs the most candidates per step that it shows; 0 where it shows none
 * @param shownLaw what its log-probabilities describe
 * @param truncationOrder whether its temperature acts before its truncation
 * @param continuation how it resumes an answer
 * @param promptIds whether {@code return_token_ids} makes it tell the prompt's token ids
 * @param biasEntries the most {@code logit_bias} entries that it honours; 0 where it does not
 * @param endRecords whether drawn ends come with candidates
 * @param neutral sampling fields beyond OpenAI's that it knows, such as {@code top_k}, with the value that turns each off
 * @param prefill fields that make it continue a last assistant message; {@code prefix} belongs into that message
 * @param temperature the temperature that it uses where a request states none
 * @param context the most tokens of prompt and answer together, or 0 where that is not known
 * @param vocabularySize its number of tokens, or 0 where that is not known
 * @param mergedRecords whether a character of several tokens comes as one record, and in a draft of one token not at all
 * @param wholeBias whether it honours whole nats of bias only
 * @param template who writes a chat out as a prompt
 * @param echo whether {@code echo} brings a prompt of token ids back with what is shown of drafts
 */
public record Capabilities(
        int topLogprobs,
        ShownLaw shownLaw,
        Truncation.Order truncationOrder,
        Continuation continuation,
        boolean promptIds,
        int biasEntries,
        EndRecords endRecords,
        Map<String, Double> neutral,
        Map<String, Boolean> prefill,
        double temperature,
        int context,
        int vocabularySize,
        boolean mergedRecords,
        boolean wholeBias,
        Template template,
        boolean echo) {

    public Capabilities {
        Objects.requireNonNull(template, "template");
    }

    /** Of one that shows every token by itself, honours any bias, and whose chats go to its chat endpoint. */
    public Capabilities(
            int topLogprobs,
            ShownLaw shownLaw,
            Truncation.Order truncationOrder,
            Continuation continuation,
            boolean promptIds,
            int biasEntries,
            EndRecords endRecords,
            Map<String, Double> neutral,
            Map<String, Boolean> prefill,
            double temperature,
            int context,
            int vocabularySize) {
        this(
                topLogprobs,
                shownLaw,
                truncationOrder,
                continuation,
                promptIds,
                biasEntries,
                endRecords,
                neutral,
                prefill,
                temperature,
                context,
                vocabularySize,
                false,
                false,
                Template.NONE,
                false);
    }

    private static final int UNKNOWN_ROOM = 4096;

    /** Nothing is taken for granted of an upstream of which nothing is known. */
    public static final Capabilities CONSERVATIVE = new Capabilities(
            0,
            ShownLaw.RAW,
            Truncation.Order.TEMPERATURE_FIRST,
            Continuation.NONE,
            false,
            0,
            EndRecords.NEVER,
            Map.of(),
            Map.of(),
            1,
            0,
            0);

    /** Why tokens of this upstream's chat answers cannot be steered, or null where they can. */
    public @Nullable String whyNotSteerable(boolean chat) {
        return topLogprobs == 0 ? "top-logprobs: 0 (expected: at least 1)" : whyNotResumable(chat);
    }

    /** Why chat answers of this upstream cannot be resumed behind a prefix of one's own, or null where they can. */
    public @Nullable String whyNotResumable(boolean chat) {
        if (continuation == Continuation.NONE) {
            return "continuation: none (expected: token-ids, text or prefill)";
        }
        boolean written = chat ? template != Template.NONE : template.isServers();
        if (continuation == Continuation.TOKEN_IDS && !promptIds && !written) {
            return "prompt-ids: false (expected: true where continuation is token-ids)";
        }
        if (chat && continuation == Continuation.TEXT && !written) {
            return "continuation: text (expected: token-ids or prefill, for a chat)";
        }
        if (chat && continuation != Continuation.TOKEN_IDS && template == Template.TOKENIZE) {
            return "continuation: not token-ids (expected: token-ids where template is tokenize)";
        }
        return null;
    }

    /** True where every drawn end comes with candidates, at once or, where answers can be resumed, when it is read again. */
    public boolean tellsEnds(boolean resumes) {
        return endRecords == EndRecords.SHOWN || (resumes && endRecords == EndRecords.WHOLE_ONLY);
    }

    /** True where a pushed bias is drawn from but not shown. */
    public boolean hidesBias() {
        return shownLaw == ShownLaw.RAW;
    }

    /** True before llama.cpp, known by the way in which it writes chats out: its few slots and what it tells are its own. */
    public boolean isLlamaCpp() {
        return template == Template.APPLY_TEMPLATE;
    }

    /** True where a replaced or resumed token must be whole UTF-8, since it travels as text. */
    public boolean resumesByText() {
        return continuation != Continuation.TOKEN_IDS;
    }

    /** The same with another way to resume an answer. */
    Capabilities resumingBy(Continuation way, boolean tellsPromptIds, Map<String, Boolean> prefillFields) {
        return with(topLogprobs, shownLaw, way, tellsPromptIds, prefillFields, template, echo);
    }

    /** The same with another way to write chats out. */
    Capabilities writtenBy(Template way) {
        return with(topLogprobs, shownLaw, continuation, promptIds, prefill, way, echo);
    }

    /** The same of one that brings prompts back with what is shown of drafts, or does not. */
    public Capabilities echoing(boolean shown) {
        return with(topLogprobs, shownLaw, continuation, promptIds, prefill, template, shown);
    }

    /** The same of one that shows another number of candidates at most. */
    public Capabilities showing(int candidates) {
        return with(candidates, shownLaw, continuation, promptIds, prefill, template, echo);
    }

    /** The same of one whose log-probabilities describe something else. */
    public Capabilities showing(ShownLaw law) {
        return with(topLogprobs, law, continuation, promptIds, prefill, template, echo);
    }

    private Capabilities with(
            int candidates,
            ShownLaw law,
            Continuation way,
            boolean tellsPromptIds,
            Map<String, Boolean> prefillFields,
            Template writer,
            boolean echoes) {
        return new Capabilities(
                candidates,
                law,
                truncationOrder,
                way,
                tellsPromptIds,
                biasEntries,
                endRecords,
                neutral,
                prefillFields,
                temperature,
                context,
                vocabularySize,
                mergedRecords,
                wholeBias,
                writer,
                echoes);
    }

    /**
     * How many tokens an answer may still have where nobody sets a limit.
     *
     * @param promptTokens 0 where that is not known
     * @param emitted tokens of the answer so far
     */
    public int room(int promptTokens, int emitted) {
        boolean known = context > 0 && promptTokens > 0;
        return known ? Math.max(1, context - promptTokens - emitted) : UNKNOWN_ROOM;
    }

    /** What this upstream draws from under a client's sampling. */
    public DraftLaw draftLaw(double clientTemperature, Truncation truncation) {
        return new DraftLaw(clientTemperature, truncation, shownLaw, vocabularySize);
    }

    /** How an upstream resumes an answer behind a given prefix. */
    public enum Continuation {
        /** The prompt's and the prefix's token ids go to {@code /completions}: the seam is exact. */
        TOKEN_IDS,
        /** The prefix's text is put behind the prompt of a {@code /completions} call; the seam may be re-tokenised. */
        TEXT,
        /** The prefix's text goes as a last assistant message to continue; the seam may be re-tokenised. */
        PREFILL,
        /** It does not. */
        NONE
    }

    /** Who writes a chat out as the prompt of a {@code /completions} call. */
    public enum Template {
        /** Nobody: chats go to the chat endpoint. */
        NONE(null),
        /** The server: its {@code /tokenize} takes messages and gives ids, as vLLM's does. */
        TOKENIZE(null),
        /** The server: its {@code /apply-template} gives the text and its {@code /tokenize} the ids, as llama.cpp's do. */
        APPLY_TEMPLATE(null),
        CHATML(ChatFormat.CHATML),
        LLAMA_3(ChatFormat.LLAMA_3),
        MISTRAL(ChatFormat.MISTRAL),
        GEMMA(ChatFormat.GEMMA),
        PHI(ChatFormat.PHI);

        private final @Nullable ChatFormat format;

        Template(@Nullable ChatFormat format) {
            this.format = format;
        }

        /** The format of a template that is built in, otherwise null. */
        @Nullable
        ChatFormat format() {
            return format;
        }

        boolean isServers() {
            return this == TOKENIZE || this == APPLY_TEMPLATE;
        }
    }

    /** Whether a drawn end of the answer comes with candidates, as other tokens do. */
    public enum EndRecords {
        /** In streams and in whole answers. */
        SHOWN,
        /** In whole answers only: an end that ends a stream can be read again. */
        WHOLE_ONLY,
        /** Nowhere. */
        NEVER
    }
}
