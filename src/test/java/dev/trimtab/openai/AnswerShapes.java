package dev.trimtab.openai;

import static dev.trimtab.openai.Shapes.BOOLEAN;
import static dev.trimtab.openai.Shapes.STRING;
import static dev.trimtab.openai.Shapes.either;
import static dev.trimtab.openai.Shapes.integer;
import static dev.trimtab.openai.Shapes.listOf;
import static dev.trimtab.openai.Shapes.oneOf;
import static dev.trimtab.openai.Shapes.with;

/** The fields of the API's answers, as its specification has them. */
final class AnswerShapes {
    private static final Shape COUNT = integer(0, Long.MAX_VALUE);

    private static final Shape NATS = new Shape.Decimal(-9999, 0);

    private static final Fields TOKEN = with("token", STRING)
            .with("logprob", NATS)
            .with("bytes", listOf(integer(0, 255)))
            .requiring("token", "logprob", "bytes");

    private static final Shape TOKENS =
            listOf(TOKEN.with("top_logprobs", listOf(TOKEN)).requiring("token", "logprob", "bytes", "top_logprobs"));

    private static final Fields LOGPROBS = Fields.NONE.with(TOKENS, "content", "refusal");

    private static final Fields LEGACY_LOGPROBS = with("tokens", listOf(STRING))
            .with("token_logprobs", listOf(NATS))
            .with("top_logprobs", listOf(Fields.NONE))
            .with("text_offset", listOf(COUNT));

    private static final Fields USAGE = Fields.NONE
            .with(COUNT, "completion_tokens", "prompt_tokens", "total_tokens")
            .with(
                    "completion_tokens_details",
                    Fields.NONE.with(
                            COUNT,
                            "accepted_prediction_tokens",
                            "audio_tokens",
                            "reasoning_tokens",
                            "text_tokens",
                            "rejected_prediction_tokens"))
            .with(
                    "prompt_tokens_details",
                    Fields.NONE.with(
                            COUNT,
                            "audio_tokens",
                            "cached_tokens",
                            "text_tokens",
                            "image_tokens",
                            "cache_write_tokens"))
            .requiring("completion_tokens", "prompt_tokens", "total_tokens");

    private static final Fields MODERATED = with(
                    "results",
                    listOf(with("type", oneOf("moderation_result"))
                            .with("model", STRING)
                            .with("flagged", BOOLEAN)
                            .with(Fields.NONE, "categories", "category_scores", "category_applied_input_types")))
            .with("type", oneOf("moderation_results", "error"))
            .with(STRING, "model", "code", "message");

    private static final Fields CALL = Fields.NONE.with(STRING, "name", "arguments");

    private static final Fields TOOL_CALL = with("id", STRING)
            .with("type", oneOf("function", "custom"))
            .with("function", CALL)
            .with("custom", Fields.NONE.with(STRING, "name", "input"));

    private static final Fields CITATION =
            Fields.NONE.with(COUNT, "end_index", "start_index").with(STRING, "url", "title");

    private static final Fields MESSAGE = Fields.NONE
            .with(STRING, "content", "refusal")
            .with("tool_calls", listOf(TOOL_CALL))
            .with("annotations", listOf(with("type", oneOf("url_citation")).with("url_citation", CITATION)))
            .with("role", oneOf("assistant"))
            .with("function_call", CALL)
            .with("audio", Fields.NONE.with(STRING, "id", "data", "transcript").with("expires_at", COUNT))
            .requiring("role");

    private static final Fields DELTA = Fields.NONE
            .with(STRING, "content", "refusal")
            .with("tool_calls", listOf(TOOL_CALL.with("index", COUNT)))
            .with("role", oneOf("developer", "system", "user", "assistant", "tool"))
            .with("function_call", CALL);

    private static final Fields HEAD = Fields.NONE
            .with(STRING, "id", "model", "system_fingerprint")
            .with("created", COUNT)
            .with("usage", USAGE);

    private static final Fields CHAT_HEAD = HEAD.with("metadata", Fields.NONE)
            .with("service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast"))
            .with("moderation", Fields.NONE.with(MODERATED, "input", "output"));

    private static final Fields CHOICE = with("index", COUNT).requiring("index");

    private static final Fields CHAT_CHOICE = CHOICE.with(
                    "finish_reason", oneOf("stop", "length", "tool_calls", "content_filter", "function_call"))
            .with("logprobs", LOGPROBS);

    static final Fields CHAT = CHAT_HEAD
            .with("object", oneOf("chat.completion"))
            .with("choices", listOf(CHAT_CHOICE.with("message", MESSAGE).requiring("index", "message")))
            .requiring("id", "model", "created", "object", "choices");

    static final Fields CHAT_CHUNK = CHAT_HEAD
            .with("object", oneOf("chat.completion.chunk"))
            .with("obfuscation", STRING)
            .with("choices", listOf(CHAT_CHOICE.with("delta", DELTA).requiring("index", "delta")))
            .requiring("id", "model", "created", "object", "choices");

    static final Fields COMPLETION = HEAD.with("object", oneOf("text_completion"))
            .with(
                    "choices",
                    listOf(CHOICE.with("finish_reason", oneOf("stop", "length", "content_filter"))
                            .with("logprobs", LEGACY_LOGPROBS)
                            .with("text", STRING)
                            .requiring("index", "text")))
            .requiring("id", "model", "created", "object", "choices");

    static final Fields MODEL = Fields.NONE
            .with(STRING, "id", "owned_by")
            .with("created", COUNT)
            .with("object", oneOf("model"))
            .with("shutdown_date", either(STRING, COUNT))
            .requiring("id", "owned_by", "created", "object");

    static final Fields MODELS =
            with("object", oneOf("list")).with("data", listOf(MODEL)).requiring("object", "data");

    private AnswerShapes() {}
}
