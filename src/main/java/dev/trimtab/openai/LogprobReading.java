package dev.trimtab.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads log-probabilities in the chat form or in the legacy form, whichever an answer has; and probabilities, which llama.cpp
 * gives in the chat form when it is asked for what it draws from.
 */
final class LogprobReading {
    private static final double UNKNOWN = -9999;

    private LogprobReading() {}

    /** Null where there are none, or one does not say of which token it is. */
    static @Nullable List<TokenLogprob> read(JsonNode logprobs) {
        JsonNode content = logprobs.path("content");
        if (content.isArray()) {
            return content.valueStream().allMatch(LogprobReading::namesAToken) ? list(content) : null;
        }
        return logprobs.path("tokens").isArray() ? legacy(logprobs) : null;
    }

    private static List<TokenLogprob> list(JsonNode content) {
        List<TokenLogprob> records = new ArrayList<>(content.size());
        for (JsonNode record : content) {
            if (namesAToken(record)) {
                records.add(new TokenLogprob(
                        record.path("token").asString(""),
                        bytes(record),
                        Math.max(-1, record.path("id").asInt(-1)),
                        logprob(record),
                        list(record.path(record.has("top_probs") ? "top_probs" : "top_logprobs"))));
            }
        }
        return records;
    }

    private static double logprob(JsonNode record) {
        return record.has("prob")
                ? Math.log(record.path("prob").asDouble(0))
                : record.path("logprob").asDouble(UNKNOWN);
    }

    private static boolean namesAToken(JsonNode record) {
        return record.path("token").isString() || isBytes(record.path("bytes"));
    }

    private static boolean isBytes(JsonNode bytes) {
        return bytes.isArray()
                && bytes.valueStream().allMatch(one -> one.isInt() && one.intValue() >= 0 && one.intValue() <= 255);
    }

    private static byte[] bytes(JsonNode record) {
        JsonNode bytes = record.path("bytes");
        if (!isBytes(bytes)) {
            return record.path("token").asString("").getBytes(StandardCharsets.UTF_8);
        }
        byte[] read = new byte[bytes.size()];
        for (int i = 0; i < read.length; i++) {
            read[i] = (byte) bytes.get(i).asInt();
        }
        return read;
    }

    private static List<TokenLogprob> legacy(JsonNode logprobs) {
        JsonNode tokens = logprobs.path("tokens");
        List<TokenLogprob> records = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            List<TokenLogprob> top = new ArrayList<>();
            logprobs.path("top_logprobs")
                    .path(i)
                    .forEachEntry((token, logprob) -> top.add(legacy(token, logprob, List.of())));
            top.sort(Comparator.comparing(candidate -> -candidate.logprob()));
            records.add(legacy(
                    tokens.get(i).asString(""), logprobs.path("token_logprobs").path(i), top));
        }
        return records;
    }

    private static TokenLogprob legacy(String token, JsonNode logprob, List<TokenLogprob> top) {
        return new TokenLogprob(token, token.getBytes(StandardCharsets.UTF_8), -1, logprob.asDouble(UNKNOWN), top);
    }
}
