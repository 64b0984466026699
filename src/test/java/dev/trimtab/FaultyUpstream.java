package dev.trimtab;

import dev.trimtab.openai.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * An upstream on bare sockets that tells one story, or fails at it in one way. It knows which of its connections are open and
 * which are in the middle of an answer.
 */
final class FaultyUpstream implements AutoCloseable {
    /** One token each; " other" is always the second candidate. */
    static final List<String> STORY = List.of("Once", " upon", " a", " time", " there", " was", " nobody");

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answering = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    FaultyUpstream() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    /** How an answer fails. */
    enum Fault {
        NONE(200, Answer::whole),
        SLOW_DRIP(200, answer -> {
            for (byte one : answer.all()) {
                answer.send(new byte[] {one});
            }
        }),
        CLOSED_BEFORE_THE_HEAD(502, Answer::close),
        RESET_BEFORE_THE_HEAD(502, Answer::reset),
        RESET_IN_THE_HEAD(502, answer -> {
            answer.send("HTTP/1.1 200 OK\r\ncontent-ty");
            answer.reset();
        }),
        RESET_IN_A_FRAME(502, answer -> {
            answer.half();
            answer.reset();
        }),
        CLOSED_IN_A_FRAME(502, answer -> {
            answer.half();
            answer.close();
        }),
        ENDS_EARLY(502, answer -> {
            answer.send(answer.head());
            answer.frame(answer.frames().get(0));
            answer.end();
        }),
        GARBAGE_FOR_A_HEAD(502, answer -> {
            answer.send(garbage());
            answer.close();
        }),
        GARBAGE_FOR_A_BODY(502, answer -> {
            answer.send(answer.head());
            answer.frame(garbage());
            answer.end();
        }),
        GARBAGE_FOR_AN_EVENT(502, answer -> {
            answer.send(answer.head());
            answer.frame(answer.frames().get(0));
            answer.frame("data: {\"choices\":[{\"inde\n\n".getBytes(StandardCharsets.US_ASCII));
            answer.end();
        }),
        GARBAGE_FOR_A_CHUNK(502, answer -> {
            answer.send(answer.head());
            answer.send("zz\r\nnonsense\r\n");
            answer.close();
        }),
        ANOTHER_TYPE(502, answer -> answer.body(200, "content-type: text/html", "<html>It works!</html>")),
        EMPTY(502, answer -> answer.body(200, "content-type: application/json", "")),
        NOT_A_COMPLETION(502, answer -> answer.body(200, "content-type: application/json", "[1, 2]")),
        STALLS_BEFORE_THE_HEAD(504, Answer::awaitClosed),
        STALLS_BEHIND_THE_HEAD(504, answer -> {
            answer.send(answer.head());
            answer.awaitClosed();
        }),
        STALLS_IN_A_FRAME(504, answer -> {
            answer.half();
            answer.awaitClosed();
        }),
        STORM(
                429,
                answer -> answer.body(
                        429,
                        "retry-after: 7\r\ncontent-type: application/json",
                        "{\"error\":{\"message\":\"slow down\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}")),
        FAILS(
                502,
                answer -> answer.body(
                        500,
                        "content-type: application/json",
                        "{\"error\":{\"message\":\"out of order\",\"type\":\"server_error\"}}")),
        ERROR_EVENT(502, answer -> {
            answer.send(answer.head());
            answer.frame(answer.frames().get(0));
            answer.frame("data: {\"error\":{\"message\":\"overloaded\"}}\n\n".getBytes(StandardCharsets.US_ASCII));
            answer.end();
        }),
        ENDLESS_EVENT(502, answer -> {
            answer.send(answer.head());
            for (int i = 0; i < 1_000; i++) {
                answer.frame("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
            }
            answer.end();
        });

        private final int status;
        private final Script script;

        Fault(int status, Script script) {
            this.status = status;
            this.script = script;
        }

        /** The status that a steered answer has which has not begun; 200 where it is right all the same. */
        int status() {
            return status;
        }

        /** True where only a steered answer is read to where it is wrong. */
        boolean needsReading() {
            return this == ENDLESS_EVENT;
        }
    }

    /** How the log-probabilities of an answer are wrong; in the JSON of its chunks. */
    enum Wrong {
        NAN(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":NaN")),
        NAN_OF_THE_DRAWN(json -> json.replaceFirst("\"logprob\":-[0-9.]+", "\"logprob\":NaN")),
        NAN_AS_TEXT(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":\"NaN\"")),
        INFINITE(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":-Infinity")),
        TOO_GREAT_A_NUMBER(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":1e999")),
        POSITIVE(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":1.0")),
        DUPLICATES(json -> json.replaceAll("\"top_logprobs\":\\[(.*?\\})\\]", "\"top_logprobs\":[$1,$1]")),
        MISSING(json -> json.replaceAll(",\"logprob\":-[0-9.]+", "")),
        NULL(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":null")),
        UNLISTED(json -> json.replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":-9999.0")),
        NO_CANDIDATES(json -> json.replaceAll("\"top_logprobs\":\\[.*?\\}\\]", "\"top_logprobs\":null")),
        NO_RECORDS(json -> json.replaceAll("\"logprobs\":\\{.*\\}\\]\\}\\]\\}", "\"logprobs\":null")),
        EMPTY_RECORDS(json -> json.replaceAll("\"top_logprobs\":\\[.*?\\}\\]", "\"top_logprobs\":[{},{},7,null]")),
        BYTES_OUT_OF_RANGE(json -> json.replaceAll("\"bytes\":\\[[0-9,]*\\]", "\"bytes\":[300,-5]")),
        WRONG_TYPES(json -> json.replaceAll("\"id\":[0-9]+", "\"id\":\"seven\"")
                .replaceAll("\"bytes\":\\[[0-9,]*\\]", "\"bytes\":[\"x\",{}]")
                .replaceAll("\"logprob\":-[0-9.]+", "\"logprob\":\"high\""));

        private final UnaryOperator<String> wronged;

        Wrong(UnaryOperator<String> wronged) {
            this.wronged = wronged;
        }
    }

    @FunctionalInterface
    interface Script {
        void play(Answer answer) throws IOException;
    }

    private volatile UnaryOperator<String> chunks = UnaryOperator.identity();

    /** From now on it fails so, and shows what it should. */
    void fails(Fault next) {
        fault = next;
        chunks = UnaryOperator.identity();
    }

    /** From now on it answers, and shows this. */
    void shows(Wrong next) {
        fault = Fault.NONE;
        chunks = next.wronged;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections that are not closed by the other side. */
    int open() {
        return open.size();
    }

    /** Answers that have begun and not ended. */
    int answering() {
        return answering.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                thread(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "faulty");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Asked asked = Asked.read(in); asked != null; asked = Asked.read(in)) {
                answering.incrementAndGet();
                try {
                    fault.script.play(new Answer(socket, in, asked, chunks));
                } finally {
                    answering.decrementAndGet();
                }
            }
        } catch (IOException | RuntimeException gone) {
            // The other side closed, which is what is counted.
        } finally {
            open.remove(socket);
        }
    }

    private static byte[] garbage() {
        byte[] garbage = new byte[500];
        new Random(1).nextBytes(garbage);
        return garbage;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** A request. */
    private record Asked(String path, JsonNode body) {
        /** Null where the connection is closed instead. */
        static Asked read(InputStream in) throws IOException {
            String first = line(in);
            if (first.isEmpty()) {
                return null;
            }
            int length = 0;
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
            }
            byte[] body = in.readNBytes(length);
            return new Asked(
                    first.split(" ")[1],
                    length == 0
                            ? Json.mapper().createObjectNode()
                            : Json.mapper().readTree(body));
        }

        private static String line(InputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int one = in.read(); one >= 0 && one != '\n'; one = in.read()) {
                line.write(one);
            }
            return line.toString(StandardCharsets.US_ASCII).strip();
        }

        boolean generates() {
            return path.endsWith("completions");
        }

        boolean streams() {
            return body.path("stream").asBoolean(false);
        }

        boolean chats() {
            return path.startsWith("/v1/chat/");
        }

        /** Where in the story its prefix ends. */
        int place() {
            JsonNode last = body.path("messages").path(body.path("messages").size() - 1);
            String prefix = chats()
                    ? last.path("role").asString("").equals("assistant")
                            ? last.path("content").asString("")
                            : ""
                    : body.path("prompt").asString("").replaceFirst("^Tell:", "");
            return prefix.isEmpty() ? 0 : prefix.split(" ").length;
        }
    }

    /** The answer to one request on its way. */
    static final class Answer {
        private final Socket socket;
        private final InputStream in;
        private final Asked asked;
        private final UnaryOperator<String> chunks;

        private Answer(Socket socket, InputStream in, Asked asked, UnaryOperator<String> chunks) {
            this.socket = socket;
            this.in = in;
            this.asked = asked;
            this.chunks = chunks;
        }

        String head() {
            String type = asked.streams() ? "text/event-stream" : "application/json";
            return "HTTP/1.1 200 OK\r\ncontent-type: " + type + "\r\ntransfer-encoding: chunked\r\n\r\n";
        }

        /** Of a right answer. */
        List<byte[]> frames() {
            List<String> frames = new ArrayList<>();
            if (!asked.generates()) {
                frames.add("{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}");
            } else if (asked.streams()) {
                events(frames);
            } else {
                frames.add("{\"choices\":[" + choice(String.join("", STORY), "message", "null", "stop")
                        + "],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7}}");
            }
            return frames.stream()
                    .map(frame -> frame.getBytes(StandardCharsets.UTF_8))
                    .toList();
        }

        private void events(List<String> events) {
            int limit = asked.body().path("max_tokens").asInt(100);
            int end = Math.min(STORY.size(), asked.place() + limit);
            for (int i = asked.place(); i < end; i++) {
                String logprobs = chunks.apply("\"logprobs\":{\"content\":[" + record(i) + "]}")
                        .substring(11);
                events.add("data: {\"choices\":[" + choice(STORY.get(i), "delta", logprobs, null) + "]}\n\n");
            }
            String reason = end < STORY.size() ? "length" : "stop";
            events.add("data: {\"choices\":[" + choice("", "delta", "null", reason) + "]}\n\n");
            events.add("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7}}\n\n");
            events.add("data: [DONE]\n\n");
        }

        private String choice(String text, String holder, String logprobs, String reason) {
            String content =
                    asked.chats() ? "\"" + holder + "\":{\"content\":\"" + text + "\"}" : "\"text\":\"" + text + "\"";
            return "{\"index\":0," + content + ",\"logprobs\":" + logprobs + ",\"finish_reason\":"
                    + (reason == null ? "null" : "\"" + reason + "\"") + "}";
        }

        private static String record(int place) {
            String drawn = entry(10 + place, STORY.get(place), -0.51);
            String other = entry(30, " other", -1.2);
            return drawn.substring(0, drawn.length() - 1) + ",\"top_logprobs\":[" + drawn + "," + other + ","
                    + entry(31, " else", -2.4) + "]}";
        }

        private static String entry(int id, String token, double logprob) {
            String bytes =
                    Arrays.toString(token.getBytes(StandardCharsets.US_ASCII)).replace(" ", "");
            return "{\"id\":" + id + ",\"token\":\"" + token + "\",\"bytes\":" + bytes + ",\"logprob\":" + logprob
                    + "}";
        }

        byte[] all() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(head().getBytes(StandardCharsets.US_ASCII));
            frames().forEach(frame -> all.writeBytes(chunked(frame)));
            all.writeBytes(chunked(new byte[0]));
            return all.toByteArray();
        }

        void whole() throws IOException {
            send(all());
        }

        /** The head, the first frame of several, and the beginning of the next. */
        void half() throws IOException {
            List<byte[]> frames = frames();
            send(head());
            if (frames.size() > 1) {
                frame(frames.get(0));
            }
            byte[] next = chunked(frames.get(frames.size() > 1 ? 1 : 0));
            send(Arrays.copyOf(next, next.length / 2));
        }

        void frame(byte[] bytes) throws IOException {
            send(chunked(bytes));
        }

        void end() throws IOException {
            send(chunked(new byte[0]));
        }

        void body(int status, String headers, String body) throws IOException {
            send("HTTP/1.1 " + status + " Whatever\r\n" + headers + "\r\ncontent-length: " + body.length() + "\r\n\r\n"
                    + body);
        }

        private static byte[] chunked(byte[] bytes) {
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            chunk.writeBytes(bytes);
            chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            return chunk.toByteArray();
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.US_ASCII));
        }

        void send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        void close() throws IOException {
            socket.close();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Waits until the other side hangs up. */
        void awaitClosed() throws IOException {
            while (in.read() >= 0) {
                // Nothing is expected.
            }
            socket.close();
        }
    }
}
