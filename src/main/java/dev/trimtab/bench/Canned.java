package dev.trimtab.bench;

import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.AnswerHead;
import dev.trimtab.openai.Json;
import dev.trimtab.openai.Sse;
import dev.trimtab.openai.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of the two answers that a fixed upstream gives.
 *
 * @param stream whether it is asked for, and sent, as a stream
 * @param pieces its body, each to be sent by itself
 */
record Canned(boolean stream, List<byte[]> pieces) {
    private static final AnswerHead HEAD = new AnswerHead("chatcmpl-fixed", 1_700_000_000, "fixed");

    static final Canned WHOLE = new Canned(false, List.of(wholeAnswer()));
    static final Canned STREAM = new Canned(true, chunks());

    private static byte[] wholeAnswer() {
        AnswerChoice choice = new AnswerChoice(0, "token ".repeat(64), null, "stop");
        return Json.bytes(AnswerForm.CHAT.whole(HEAD, List.of(choice), new Usage(48, 64)));
    }

    /** 64 chunks and the event that ends the stream. */
    private static List<byte[]> chunks() {
        Stream<byte[]> tokens = IntStream.range(0, 63).mapToObj(i -> chunk("token ", null));
        return Stream.concat(tokens, Stream.of(chunk("", "stop"), Sse.done())).toList();
    }

    private static byte[] chunk(String text, @Nullable String finish) {
        return Sse.data(Json.bytes(AnswerForm.CHAT.chunk(HEAD, new AnswerChoice(0, text, null, finish))));
    }

    static Canned of(boolean stream) {
        return stream ? STREAM : WHOLE;
    }

    /** What progress calls it. */
    String label() {
        return stream ? "stream" : "whole answer";
    }

    String contentType() {
        return stream ? "text/event-stream" : "application/json";
    }

    /** The body's bytes in all. */
    int length() {
        return pieces.stream().mapToInt(piece -> piece.length).sum();
    }

    /** The body of the request that is answered with it. */
    byte[] request() {
        String body = """
                {"model":"fixed","temperature":0.7,"max_tokens":64,"stream":%s,"messages":[\
                {"role":"system","content":"You are a waiter. Answer in one or two sentences, and never name a price."},\
                {"role":"user","content":"Where in the riverside area can I have a cheap Japanese coffee with children?"}]}""".formatted(stream);
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
