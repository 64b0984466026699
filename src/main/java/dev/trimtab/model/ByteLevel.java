package dev.trimtab.model;

import java.io.ByteArrayOutputStream;

/** The byte-to-character map of byte-level BPE (GPT-2): printable bytes stand for themselves, the others from U+0100 on. */
final class ByteLevel {
    private static final int[] BYTE_OF = new int[0x100 + 0x100];

    static {
        int next = 0x100;
        for (int b = 0; b < 0x100; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
            BYTE_OF[printable ? b : next++] = b;
        }
    }

    private ByteLevel() {}

    static byte[] bytes(String token) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(token.length());
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c >= BYTE_OF.length) {
                throw new ModelException("tokenizer.json: token " + token + " (expected: byte-level BPE)");
            }
            bytes.write(BYTE_OF[c]);
        }
        return bytes.toByteArray();
    }
}
