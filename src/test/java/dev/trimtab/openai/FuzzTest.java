package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever bytes come, each reader reads them or throws the one exception that it documents, and however a stream is cut, its
 * events are the same. What is kept in {@code fuzz} is read as it is, and in mutations drawn with fixed seeds;
 * {@code -Dfuzz.cases=1000000} tries more of them.
 */
class FuzzTest {
    private static final Path CORPUS = Path.of("src/test/resources/fuzz");
    private static final int CASES = Integer.getInteger("fuzz.cases", 5_000);

    /** What is put where it does not belong. */
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e999",
            "-1e-999",
            "NaN",
            "-Infinity",
            "99999999999999999999",
            "0.5",
            "\"\\ud800\"",
            "{\"a\":",
            "]",
            "}",
            ",",
            ":",
            "\"",
            "\\",
            "\u0000",
            "\u00ff\u00fe",
            "data: ",
            "\r",
            "\n",
            "\r\n\r\n",
            "\u00ef\u00bb\u00bf",
            "[[[[[[[[",
            "\"model\":",
            "\"n\":",
            "\"logprob\":",
            "\"id\":",
            "\"bytes\":[256]",
            "\"\\u0000\"");

    enum Reader {
        CHAT(ErrorKind.INVALID_REQUEST, ChatRequest::parse),
        COMPLETION(ErrorKind.INVALID_REQUEST, CompletionRequest::parse),
        HEAD(ErrorKind.INVALID_REQUEST, RequestHead::scan),
        REWRITTEN_HEAD(ErrorKind.INVALID_REQUEST, body -> {
            assertThat(RequestHead.scan(RequestHead.withModel(body, "é\"x")).model())
                    .isEqualTo("é\"x");
        }),
        ANSWER(ErrorKind.UPSTREAM_FAILED, body -> {
            AnswerChunk chunk = AnswerChunk.parse(body);
            chunk.choices().stream()
                    .filter(choice -> choice.logprobs() != null)
                    .flatMap(choice -> choice.logprobs().stream())
                    .forEach(record -> assertThat(record.id()).isGreaterThanOrEqualTo(-1));
        }),
        EVENTS(ErrorKind.UPSTREAM_FAILED, body -> new SseReader(1_000).feed(body));

        private final ErrorKind kind;
        private final Consumer<byte[]> reading;

        Reader(ErrorKind kind, Consumer<byte[]> reading) {
            this.kind = kind;
            this.reading = reading;
        }

        /** Anything else that is thrown fails the test, with the bytes to keep. */
        void read(byte[] bytes) {
            try {
                reading.accept(bytes);
            } catch (ApiException documented) {
                assertThat(documented.kind()).isEqualTo(kind);
                assertThat(documented.status()).isBetween(400, 599);
                assertThat(Json.object(documented.body())
                                .path("error")
                                .path("message")
                                .asString())
                        .isNotEmpty();
            } catch (RuntimeException | Error undocumented) {
                throw new AssertionError(this + " of " + new String(bytes, ISO_8859_1), undocumented);
            }
        }
    }

    static Stream<Path> corpus() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void keptBytes_areReadOrRefused(Path file) throws IOException {
        for (Reader reader : Reader.values()) {
            reader.read(Files.readAllBytes(file));
        }
    }

    @ParameterizedTest
    @EnumSource
    void mutatedBytes_areReadOrRefused(Reader reader) throws IOException {
        List<byte[]> kept = new ArrayList<>();
        for (Path file : corpus().toList()) {
            kept.add(Files.readAllBytes(file));
        }
        SplittableRandom random = new SplittableRandom(reader.ordinal());
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = kept.get(random.nextInt(kept.size()));
            for (int mutations = random.nextInt(1, 5); mutations > 0; mutations--) {
                bytes = mutated(bytes, kept.get(random.nextInt(kept.size())), random);
            }
            reader.read(bytes);
        }
    }

    /** Each cut of each stream: the events of the one read whole. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void mutatedStream_inAnyPieces_givesTheSameEvents(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<Path> files = corpus().toList();
        for (int i = 0; i < CASES / 10; i++) {
            byte[] stream = Files.readAllBytes(files.get(random.nextInt(files.size())));
            for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
                stream = mutated(stream, "\n\ndata: {\"a\":1}\r\n\r\ndata:x\rdata\n\n".getBytes(UTF_8), random);
            }
            assertThat(events(pieces(stream, random)))
                    .as(new String(stream, ISO_8859_1))
                    .isEqualTo(events(List.of(stream)));
        }
    }

    private static List<byte[]> pieces(byte[] stream, SplittableRandom random) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int end = Math.min(stream.length, at + random.nextInt(0, 9));
            pieces.add(Arrays.copyOfRange(stream, at, end));
            at = end;
        }
        return pieces;
    }

    private static List<String> events(List<byte[]> pieces) {
        SseReader reader = new SseReader();
        return pieces.stream()
                .flatMap(piece -> reader.feed(piece).stream())
                .map(event -> new String(event, ISO_8859_1))
                .toList();
    }

    private static byte[] mutated(byte[] bytes, byte[] other, SplittableRandom random) {
        int from = random.nextInt(bytes.length + 1);
        int to = random.nextInt(from, Math.min(bytes.length, from + 12) + 1);
        byte[] between =
                switch (random.nextInt(4)) {
                    case 0 -> new byte[0];
                    case 1 -> new byte[] {(byte) random.nextInt(256)};
                    case 2 -> ODD.get(random.nextInt(ODD.size())).getBytes(ISO_8859_1);
                    default -> {
                        int start = random.nextInt(other.length + 1);
                        yield Arrays.copyOfRange(other, start, random.nextInt(start, other.length + 1));
                    }
                };
        byte[] mutated = new byte[from + between.length + bytes.length - to];
        System.arraycopy(bytes, 0, mutated, 0, from);
        System.arraycopy(between, 0, mutated, from, between.length);
        System.arraycopy(bytes, to, mutated, from + between.length, bytes.length - to);
        return mutated;
    }
}
