package dev.trimtab.openai;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes log-probabilities in the chat form and in the legacy form of completions. */
final class LogprobWriting {
    private LogprobWriting() {}

    /** {@code content: [{token, logprob, bytes, top_logprobs}]}, with the id where there is one. */
    static ObjectNode chat(ObjectNode json, List<TokenLogprob> records) {
        ArrayNode content = json.putArray("content");
        for (TokenLogprob record : records) {
            ArrayNode top = entry(content, record).putArray("top_logprobs");
            record.top().forEach(candidate -> entry(top, candidate));
        }
        return json;
    }

    private static ObjectNode entry(ArrayNode array, TokenLogprob record) {
        ObjectNode json = array.addObject();
        if (record.id() >= 0) {
            json.put("id", record.id());
        }
        json.put("token", record.token()).put("logprob", record.logprob());
        ArrayNode bytes = json.putArray("bytes");
        for (byte one : record.bytes()) {
            bytes.add(one & 0xff);
        }
        return json;
    }

    /** Parallel arrays; with the chat form beside them where records have ids, which the arrays cannot hold. */
    static void legacy(ObjectNode json, List<TokenLogprob> records, int textOffset) {
        ArrayNode tokens = json.putArray("tokens");
        ArrayNode logprobs = json.putArray("token_logprobs");
        ArrayNode tops = json.putArray("top_logprobs");
        ArrayNode offsets = json.putArray("text_offset");
        int offset = textOffset;
        for (TokenLogprob record : records) {
            tokens.add(record.token());
            logprobs.add(record.logprob());
            ObjectNode top = tops.addObject();
            record.top().forEach(candidate -> top.put(candidate.token(), candidate.logprob()));
            offsets.add(offset);
            offset += record.token().length();
        }
        if (records.stream().anyMatch(record -> record.id() >= 0)) {
            chat(json, records);
        }
    }
}
