package dev.trimtab.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenizerTest {
    private static final String[] WORDS = {
        "The Eagle", " is ", "a ", "caf\u00e9", "\n\n", "  ", "\t", "\uD83D\uDC69\u200d\uD83D\uDCBB", "\u6771\u4eac",
        "don't", "12345", "...", "<", "|", "user", ">", "\u0000", "e\u0301"
    };

    /** Taking the special tokens out of the file must change nothing about a text that holds none. */
    @Test
    void ordinaryText_hasTheIdsOfTheUnmodifiedFile() throws IOException {
        byte[] file = file();
        Random random = new Random(14);
        try (Tokenizer ours = Tokenizer.read(file);
                HuggingFaceTokenizer unmodified = HuggingFaceTokenizer.newInstance(
                        new ByteArrayInputStream(file), Map.of("truncation", "false", "padding", "false"))) {
            for (int n = 0; n < 500; n++) {
                String text = text(random);
                long[] expected = unmodified.encode(text, false, false).getIds();
                int[] ids = ours.encode(text);
                assertThat(ids).as(text).hasSize(expected.length);
                for (int i = 0; i < ids.length; i++) {
                    assertThat(ids[i]).as("%s at %d", text, i).isEqualTo((int) expected[i]);
                }
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.toString().replace("<|user|>", "");
    }

    private static byte[] file() throws IOException {
        try (InputStream in = TokenizerTest.class.getResourceAsStream("/demo/tokenizer.json")) {
            return in.readAllBytes();
        }
    }
}
