package dev.trimtab.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void wholeCharacters_atEachCut_isTheLastCharactersEnd() {
        byte[] bytes = "a\u00e9\u20ac\uD83D\uDC69b".getBytes(StandardCharsets.UTF_8);
        int[] ends = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertThat(Utf8.wholeCharacters(bytes, cut)).as("cut %d", cut).isEqualTo(ends[cut]);
        }
    }

    @Test
    void isWhole_inPartOfACharacter_isFalse() {
        byte[] woman = "\uD83D\uDC69".getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.isWhole(woman)).isTrue();
        assertThat(Utf8.isWhole(new byte[0])).isTrue();
        assertThat(Utf8.isWhole(Arrays.copyOf(woman, 3))).isFalse();
        assertThat(Utf8.isWhole(Arrays.copyOfRange(woman, 1, 4))).isFalse();
        assertThat(Utf8.text(new Token(1, Arrays.copyOf(woman, 3)))).isEqualTo("\uFFFD");
    }

    /** Bytes that are no text at all must not depend on the chunks either: a replacement character is text. */
    @Test
    void malformedBytes_inAnyChunks_giveTheSameText() {
        Random random = new Random(12);
        byte[] alphabet = new byte[] {
            'a',
            (byte) 0x80,
            (byte) 0xa0,
            (byte) 0xbf,
            (byte) 0xc0,
            (byte) 0xc3,
            (byte) 0xe0,
            (byte) 0xe2,
            (byte) 0xed,
            (byte) 0xf0,
            (byte) 0xf4,
            (byte) 0xf8,
            (byte) 0xff
        };
        for (int n = 0; n < 20_000; n++) {
            byte[] bytes = new byte[random.nextInt(9)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            assertThat(assembled(bytes, random))
                    .as(Arrays.toString(bytes))
                    .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private static String assembled(byte[] bytes, Random random) {
        TextAssembly<Integer> assembly = new TextAssembly<>(List.of());
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(3));
            text.append(assembly.add(Arrays.copyOfRange(bytes, from, to), null).text());
            from = to;
        }
        return text.append(assembly.finish().text()).toString();
    }
}
