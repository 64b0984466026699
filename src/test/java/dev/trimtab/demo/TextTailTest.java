package dev.trimtab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTailTest {
    @Test
    void characterInPieces_isHeldUntilWhole() {
        TextTail text = new TextTail(List.of());
        byte[] woman = bytes("a👩b");
        assertThat(text.add(Arrays.copyOfRange(woman, 0, 3))).isEqualTo("a");
        assertThat(text.add(Arrays.copyOfRange(woman, 3, 4))).isEmpty();
        assertThat(text.add(Arrays.copyOfRange(woman, 4, 6))).isEqualTo("👩b");
        assertThat(text.rest()).isEmpty();
    }

    @Test
    void characterCutByTheEnd_isDropped() {
        TextTail text = new TextTail(List.of());
        assertThat(text.add(Arrays.copyOf(bytes("é"), 1)) + text.rest()).isEmpty();
    }

    @Test
    void stopString_acrossTokens_endsTheTextBeforeItself() {
        TextTail text = new TextTail(List.of("END"));
        assertThat(text.add(bytes("one E"))).isEqualTo("one ");
        assertThat(text.add(bytes("N"))).isEmpty();
        assertThat(text.add(bytes("D two"))).isEmpty();
        assertThat(text.stopped()).isTrue();
        assertThat(text.rest()).isEmpty();
    }

    @Test
    void startOfAStopString_thatComesToNothing_isText() {
        TextTail text = new TextTail(List.of("END"));
        assertThat(text.add(bytes("EN"))).isEmpty();
        assertThat(text.add(bytes("EN"))).isEqualTo("EN");
        assertThat(text.rest()).isEqualTo("EN");
    }

    @Test
    void earliestStopString_wins() {
        TextTail text = new TextTail(List.of("cd", "bc"));
        assertThat(text.add(bytes("abcd"))).isEqualTo("a");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
