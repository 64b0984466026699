package dev.trimtab.openai;

import static dev.trimtab.openai.Shapes.BOOLEAN;
import static dev.trimtab.openai.Shapes.STRING;
import static dev.trimtab.openai.Shapes.decimal;
import static dev.trimtab.openai.Shapes.either;
import static dev.trimtab.openai.Shapes.integer;
import static dev.trimtab.openai.Shapes.listOf;
import static dev.trimtab.openai.Shapes.oneOf;
import static dev.trimtab.openai.Shapes.someOf;
import static dev.trimtab.openai.Shapes.text;
import static dev.trimtab.openai.Shapes.with;

/** The fields of the API's requests, as its specification has them; {@code top_k} and {@code min_p} are other servers'. */
final class RequestShapes {
    private static final int MOST = Integer.MAX_VALUE;

    private static final Shape IDS = someOf(integer(0, MOST), MOST);

    private static final Fields SHARED = with("model", STRING)
            .with(decimal(-2, 2), "frequency_penalty", "presence_penalty")
            .with("temperature", decimal(0, 2))
            .with("top_p", decimal(0, 1))
            .with("top_k", integer(-1, MOST))
            .with("min_p", decimal(0, 1))
            .with("n", integer(1, 128))
            .with("seed", integer(Long.MIN_VALUE, Long.MAX_VALUE))
            .with("stop", either(STRING, new ListOf(STRING, 0, 4)))
            .with("logit_bias", Fields.NONE)
            .with("stream", BOOLEAN)
            .with("stream_options", Fields.NONE.with(BOOLEAN, "include_usage", "include_obfuscation"))
            .with("user", STRING);

    private static final Fields AUDIO = with("format", oneOf("mp3", "opus", "aac", "flac", "wav", "pcm16"))
            .with("voice", either(STRING, with("id", STRING).requiring("id")))
            .requiring("format", "voice");

    private static final Fields SEARCH = with("search_context_size", oneOf("low", "medium", "high"))
            .with(
                    "user_location",
                    with("type", oneOf("approximate"))
                            .with("approximate", Fields.NONE.with(STRING, "country", "region", "city", "timezone"))
                            .requiring("type", "approximate"));

    private static final Fields MODERATED =
            with("mode", oneOf("score", "block")).requiring("mode");

    private static final Fields MODERATION = with("model", STRING)
            .with("policy", Fields.NONE.with(MODERATED, "input", "output"))
            .requiring("model");

    private static final Shape PREDICTION = Tagged.by("type")
            .with("content", with("content", MessageShapes.TEXT_CONTENT).requiring("content"));

    static final Fields CHAT = with("messages", someOf(MessageShapes.MESSAGE, MOST))
            .requiring("messages")
            .with(SHARED)
            .with(integer(1, MOST), "max_tokens", "max_completion_tokens")
            .with("logprobs", BOOLEAN)
            .with("top_logprobs", integer(0, MOST))
            .with("metadata", new TextMap(16, 64, text(512)))
            .with("modalities", listOf(oneOf("text", "audio")))
            .with("audio", AUDIO)
            .with("response_format", ToolShapes.RESPONSE_FORMAT)
            .with("service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast"))
            .with("reasoning_effort", oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max"))
            .with("verbosity", oneOf("low", "medium", "high"))
            .with(BOOLEAN, "store", "parallel_tool_calls")
            .with("safety_identifier", text(64))
            .with("prompt_cache_key", STRING)
            .with("prompt_cache_retention", oneOf("in_memory", "24h"))
            .with("prompt_cache_options", with("ttl", oneOf("30m")).with("mode", oneOf("implicit", "explicit")))
            .with("prediction", PREDICTION)
            .with("web_search_options", SEARCH)
            .with("moderation", MODERATION)
            .with("tools", ToolShapes.TOOLS)
            .with("tool_choice", ToolShapes.TOOL_CHOICE)
            .with("functions", ToolShapes.FUNCTIONS)
            .with("function_call", ToolShapes.FUNCTION_CHOICE);

    static final Fields COMPLETION = SHARED.with("prompt", either(STRING, listOf(STRING), IDS, someOf(IDS, MOST)))
            .requiring("prompt")
            .with("max_tokens", integer(0, MOST))
            .with("best_of", integer(0, 20))
            .with("echo", BOOLEAN)
            .with("logprobs", integer(0, MOST))
            .with("suffix", STRING);

    private RequestShapes() {}
}
