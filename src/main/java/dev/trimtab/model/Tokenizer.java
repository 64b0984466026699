package dev.trimtab.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Splits text into a model's tokens. What looks like a special token in a text is text: specials are only ever addressed
 * by id, so that nobody can put one into a prompt by typing it. Thread-safe.
 */
public final class Tokenizer implements AutoCloseable {
    static {
        System.setProperty("ai.djl.offline", "true");
    }

    private final HuggingFaceTokenizer tokenizer;
    private final Vocabulary vocabulary;
    private final String sha256;

    private Tokenizer(HuggingFaceTokenizer tokenizer, Vocabulary vocabulary, String sha256) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.sha256 = sha256;
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws ModelException where it cannot be read
     */
    public static Tokenizer read(byte[] tokenizerJson) {
        try {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(TokenizerFile.read(tokenizerJson).withoutSpecials()),
                    Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
            return new Tokenizer(tokenizer, Vocabulary.read(tokenizerJson), DigestUtils.sha256Hex(tokenizerJson));
        } catch (IOException | RuntimeException unreadable) {
            throw new ModelException("tokenizer.json cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    /** The ids of a text, without any special token. */
    public int[] encode(String text) {
        long[] ids = tokenizer.encode(text, false, false).getIds();
        int[] narrow = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = (int) ids[i];
        }
        return narrow;
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The hash of the file it was read from, lower-case hexadecimal. */
    public String sha256() {
        return sha256;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
