package dev.trimtab.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The tokens of a byte-level BPE tokenizer by id and by bytes. Special tokens have no bytes: they are not text.
 */
public final class Vocabulary {
    private static final byte[] NOTHING = new byte[0];

    private final byte[][] bytes;
    private final Map<String, Integer> specials;
    private final Map<ByteBuffer, Integer> ids = new HashMap<>();

    private Vocabulary(byte[][] bytes, Map<String, Integer> specials) {
        this.bytes = bytes;
        this.specials = specials;
        for (int id = bytes.length - 1; id >= 0; id--) {
            if (bytes[id].length > 0) {
                ids.put(ByteBuffer.wrap(bytes[id]), id);
            }
        }
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws ModelException where it is not one of a byte-level BPE
     */
    public static Vocabulary read(byte[] tokenizerJson) {
        TokenizerFile file = TokenizerFile.read(tokenizerJson);
        Map<String, Integer> specials = file.specials();
        int last = specials.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        for (JsonNode id : file.vocabulary()) {
            last = Math.max(last, id.asInt());
        }
        byte[][] bytes = new byte[last + 1][];
        Arrays.fill(bytes, NOTHING);
        file.vocabulary().forEachEntry((token, id) -> {
            if (!specials.containsKey(token)) {
                bytes[id.asInt()] = ByteLevel.bytes(token);
            }
        });
        return new Vocabulary(bytes, specials);
    }

    public int size() {
        return bytes.length;
    }

    /** What a token adds to a text; empty for a special token. The array is shared. */
    public byte[] bytes(int id) {
        return bytes[id];
    }

    /** The smallest id with these bytes, or −1. */
    public int idOf(byte[] sought) {
        return ids.getOrDefault(ByteBuffer.wrap(sought), -1);
    }

    public boolean special(int id) {
        return specials.containsValue(id);
    }

    /** The id of a special token by its name, or −1. */
    public int special(String content) {
        return specials.getOrDefault(content, -1);
    }
}
