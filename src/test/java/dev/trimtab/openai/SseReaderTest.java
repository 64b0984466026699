package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {
    private static final List<String> EVENTS = List.of("{\"a\":\"é€😀\"}", "two\nlines", "", "no space", "[DONE]");

    private static final String STREAM = """
            \uFEFF: a comment
            event: message
            data: {"a":"é€😀"}
            id: 7

            data: two
            data: lines

            data

            : ping

            retry: 3
            database: is another field

            data:no space

            data: [DONE]

            data: cut off""";

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void feed_anyTwoCuts_givesTheSameEvents(String lineEnd) {
        byte[] stream = STREAM.replace("\n", lineEnd).getBytes(UTF_8);
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                assertThat(read(stream, first, second))
                        .as("cut at %d and %d", first, second)
                        .isEqualTo(EVENTS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void feed_byteByByte_givesTheSameEvents(String lineEnd) {
        SseReader reader = new SseReader();
        List<String> events = new ArrayList<>();
        for (byte one : STREAM.replace("\n", lineEnd).getBytes(UTF_8)) {
            reader.feed(ByteBuffer.wrap(new byte[] {one})).forEach(event -> events.add(new String(event, UTF_8)));
        }
        assertThat(events).isEqualTo(EVENTS);
    }

    @Test
    void feed_eventEndedByReturn_doesNotWaitForTheLineFeed() {
        assertThat(new SseReader().feed("data: x\r\r".getBytes(UTF_8))).hasSize(1);
    }

    @Test
    void feed_mixedLineEnds_givesEvents() {
        assertThat(read("data: a\r\n\ndata: b\r\rdata: c\n\r\n".getBytes(UTF_8), 0, 0))
                .containsExactly("a", "b", "c");
    }

    @Test
    void feed_markInsideTheStream_isText() {
        assertThat(read("data: a\n\n\uFEFFdata: b\n\n".getBytes(UTF_8), 0, 0)).containsExactly("a");
    }

    @Test
    void feed_endlessLine_isRefused() {
        SseReader reader = new SseReader(8);
        assertThat(reader.feed("data: ab".getBytes(UTF_8))).isEmpty();
        assertThatThrownBy(() -> reader.feed("c".getBytes(UTF_8)))
                .isInstanceOf(ApiException.class)
                .hasMessage("event: over 8 bytes (expected: at most 8)");
    }

    @Test
    void feed_whatSseWrites_givesItBack() {
        byte[] json = "{\"text\":\"naïve\"}".getBytes(UTF_8);
        SseReader reader = new SseReader();
        assertThat(reader.feed(Sse.ping())).isEmpty();
        assertThat(reader.feed(Sse.data(json))).containsExactly(json);
        assertThat(reader.feed(Sse.done())).singleElement().satisfies(data -> assertThat(Sse.isDone(data))
                .isTrue());
        assertThat(Sse.isDone(json)).isFalse();
    }

    private static List<String> read(byte[] stream, int first, int second) {
        SseReader reader = new SseReader();
        List<byte[]> events = new ArrayList<>(reader.feed(Arrays.copyOfRange(stream, 0, first)));
        events.addAll(reader.feed(Arrays.copyOfRange(stream, first, second)));
        events.addAll(reader.feed(Arrays.copyOfRange(stream, second, stream.length)));
        return events.stream().map(event -> new String(event, UTF_8)).toList();
    }
}
