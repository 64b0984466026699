package dev.trimtab.openai;

import static dev.trimtab.openai.Shapes.BOOLEAN;
import static dev.trimtab.openai.Shapes.STRING;
import static dev.trimtab.openai.Shapes.either;
import static dev.trimtab.openai.Shapes.listOf;
import static dev.trimtab.openai.Shapes.oneOf;
import static dev.trimtab.openai.Shapes.someOf;
import static dev.trimtab.openai.Shapes.with;

/** The tools that a chat may call and how one is chosen, as the API's specification has them. */
final class ToolShapes {
    private static final int MOST_FUNCTIONS = 128;

    private static final Fields NAMED = with("name", STRING).requiring("name");

    /** A JSON schema is an object whose inside is not the gateway's business. */
    private static final Fields FUNCTION = NAMED.with("description", STRING).with("parameters", Fields.NONE);

    private static final Fields GRAMMAR =
            with("definition", STRING).with("syntax", oneOf("lark", "regex")).requiring("definition", "syntax");

    private static final Tagged CUSTOM_FORMAT = Tagged.by("type")
            .with("text", Fields.NONE)
            .with("grammar", with("grammar", GRAMMAR).requiring("grammar"));

    private static final Fields CUSTOM = NAMED.with("description", STRING).with("format", CUSTOM_FORMAT);

    static final Shape TOOLS = listOf(Tagged.by("type")
            .with("function", with("function", FUNCTION.with("strict", BOOLEAN)).requiring("function"))
            .with("custom", with("custom", CUSTOM).requiring("custom")));

    static final Shape FUNCTIONS = someOf(FUNCTION, MOST_FUNCTIONS);

    private static final Fields ALLOWED = with("mode", oneOf("auto", "required"))
            .with("tools", listOf(Fields.NONE))
            .requiring("mode", "tools");

    static final Shape TOOL_CHOICE = either(
            oneOf("none", "auto", "required"),
            Tagged.by("type")
                    .with("allowed_tools", with("allowed_tools", ALLOWED).requiring("allowed_tools"))
                    .with("function", with("function", NAMED).requiring("function"))
                    .with("custom", with("custom", NAMED).requiring("custom")));

    static final Shape FUNCTION_CHOICE = either(oneOf("none", "auto"), NAMED);

    static final Shape RESPONSE_FORMAT = Tagged.by("type")
            .with("text", Fields.NONE)
            .with(
                    "json_schema",
                    with(
                                    "json_schema",
                                    NAMED.with("description", STRING)
                                            .with("schema", Fields.NONE)
                                            .with("strict", BOOLEAN))
                            .requiring("json_schema"))
            .with("json_object", Fields.NONE);

    private ToolShapes() {}
}
