package dev.trimtab.openai;

import static dev.trimtab.openai.Shapes.STRING;
import static dev.trimtab.openai.Shapes.either;
import static dev.trimtab.openai.Shapes.listOf;
import static dev.trimtab.openai.Shapes.oneOf;
import static dev.trimtab.openai.Shapes.someOf;
import static dev.trimtab.openai.Shapes.with;

/** The messages of a chat, as the API's specification has them. */
final class MessageShapes {
    private static final int MOST = Integer.MAX_VALUE;

    private static final Fields PART =
            with("prompt_cache_breakpoint", with("mode", oneOf("explicit")).requiring("mode"));

    private static final Fields TEXT = PART.with("text", STRING).requiring("text");

    private static final Fields IMAGE = PART.with(
                    "image_url",
                    with("url", STRING)
                            .with("detail", oneOf("auto", "low", "high"))
                            .requiring("url"))
            .requiring("image_url");

    private static final Fields AUDIO = PART.with(
                    "input_audio",
                    with("data", STRING).with("format", oneOf("wav", "mp3")).requiring("data", "format"))
            .requiring("input_audio");

    private static final Fields FILE = PART.with("file", Fields.NONE.with(STRING, "filename", "file_data", "file_id"))
            .requiring("file");

    private static final Tagged TEXT_PART = Tagged.by("type").with("text", TEXT);

    static final Shape TEXT_CONTENT = either(STRING, someOf(TEXT_PART, MOST));

    private static final Shape USER_CONTENT = either(
            STRING,
            someOf(TEXT_PART.with("image_url", IMAGE).with("input_audio", AUDIO).with("file", FILE), MOST));

    private static final Shape ASSISTANT_CONTENT = either(
            STRING, someOf(TEXT_PART.with("refusal", with("refusal", STRING).requiring("refusal")), MOST));

    private static final Fields CALL =
            Fields.NONE.with(STRING, "name", "arguments").requiring("name", "arguments");

    private static final Tagged TOOL_CALL = Tagged.by("type")
            .with("function", with("id", STRING).with("function", CALL).requiring("id", "function"))
            .with(
                    "custom",
                    with("id", STRING)
                            .with(
                                    "custom",
                                    Fields.NONE.with(STRING, "name", "input").requiring("name", "input"))
                            .requiring("id", "custom"));

    private static final Fields INSTRUCTION =
            with("content", TEXT_CONTENT).with("name", STRING).requiring("content");

    private static final Fields ASSISTANT = with("content", ASSISTANT_CONTENT)
            .with(STRING, "refusal", "name")
            .with("audio", with("id", STRING).requiring("id"))
            .with("tool_calls", listOf(TOOL_CALL))
            .with("function_call", CALL);

    static final Tagged MESSAGE = Tagged.by("role")
            .with("system", INSTRUCTION)
            .with("assistant", ASSISTANT)
            .with("user", with("content", USER_CONTENT).with("name", STRING).requiring("content"))
            .with("function", Fields.NONE.with(STRING, "content", "name").requiring("name"))
            .with(
                    "tool",
                    with("content", TEXT_CONTENT).with("tool_call_id", STRING).requiring("content", "tool_call_id"))
            .with("developer", INSTRUCTION);

    private MessageShapes() {}
}
