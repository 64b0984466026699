package dev.trimtab.training;

import dev.trimtab.openai.Json;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an upstream has shown, kept in a file: one line an answer, a checksum before it. Lines are only added, each in one
 * write, so that whatever ends the program costs at most the last one; a line that is not whole is not read.
 */
final class ShownCache implements AutoCloseable {
    private static final int SUM_DIGITS = 8;

    private final FileChannel file;
    private final Map<String, List<Step>> known = new HashMap<>();

    /**
     * Opens a file, or a new one.
     *
     * @throws IOException where it cannot be read and written
     */
    ShownCache(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        this.file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            byte[] bytes = Files.readAllBytes(path);
            int whole = read(bytes);
            file.truncate(whole);
            file.position(whole);
        } catch (IOException | RuntimeException unreadable) {
            file.close();
            throw unreadable;
        }
    }

    /** Returns where the last whole line ends. */
    private int read(byte[] bytes) {
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                line(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return start;
    }

    private void line(String line) {
        String json = line.substring(Math.min(line.length(), SUM_DIGITS));
        if (!line.startsWith(sum(json))) {
            return;
        }
        try {
            JsonNode read = Json.mapper().readTree(json);
            known.put(read.path("key").asString(), steps(read.path("steps")));
        } catch (JacksonException damaged) {
            // as if it had never been written
        }
    }

    /** What is known of a key, or null. */
    synchronized @Nullable List<Step> find(String key) {
        return known.get(key);
    }

    /** Keeps what was shown. */
    synchronized void keep(String key, List<Step> steps) {
        ObjectNode json = Json.mapper().createObjectNode().put("key", key);
        ArrayNode array = json.putArray("steps");
        steps.forEach(step -> write(array.addArray(), step));
        String line = new String(Json.bytes(json), StandardCharsets.UTF_8);
        try {
            ByteBuffer bytes = ByteBuffer.wrap((sum(line) + line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        known.put(key, steps);
    }

    private static String sum(String json) {
        CRC32 crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }

    /** Id, bytes and log-probability of the token and of each candidate; null for what is not shown. */
    private static void write(ArrayNode json, Step step) {
        write(json, step.drawn(), step.logprob());
        Candidates shown = step.candidates();
        IntStream.range(0, shown.size()).forEach(i -> write(json, shown.token(i), shown.logprob(i)));
    }

    private static void write(ArrayNode json, Token token, double logprob) {
        json.add(token.id()).add(Base64.getEncoder().encodeToString(token.bytes()));
        if (Double.isNaN(logprob)) {
            json.addNull();
        } else {
            json.add(logprob);
        }
    }

    private static List<Step> steps(JsonNode json) {
        return json.valueStream().map(ShownCache::step).toList();
    }

    private static Step step(JsonNode json) {
        Token[] tokens = new Token[json.size() / 3];
        double[] logprobs = new double[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            byte[] bytes = Base64.getDecoder().decode(json.path(3 * i + 1).asString());
            tokens[i] = new Token(json.path(3 * i).asInt(), bytes);
            logprobs[i] = json.path(3 * i + 2).asDouble(Double.NaN);
        }
        Candidates candidates = new Candidates(
                Arrays.copyOfRange(tokens, 1, tokens.length), Arrays.copyOfRange(logprobs, 1, tokens.length));
        return new Step(tokens[0], logprobs[0], candidates);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
