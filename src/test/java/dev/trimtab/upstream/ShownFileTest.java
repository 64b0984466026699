package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShownFileTest {
    private static final String A = "a".repeat(ShownFile.KEY_DIGITS);
    private static final String B = "b".repeat(ShownFile.KEY_DIGITS);
    private static final String C = "c".repeat(ShownFile.KEY_DIGITS);

    @TempDir
    private Path folder;

    private static final List<Step> STEPS = List.of(
            new Step(
                    new Token(7, new byte[] {(byte) 0xe2, (byte) 0x80}),
                    -1.25,
                    new Candidates(
                            new Token[] {Token.of(" a"), new Token(7, new byte[] {1})}, new double[] {-0.5, -2})),
            new Step(Token.END, Double.NaN, Candidates.NONE));

    @Test
    void whatWasKept_isFoundAgain() throws IOException {
        write(A, B);
        try (ShownFile shown = new ShownFile(file())) {
            List<Step> found = Objects.requireNonNull(shown.find(A));
            assertThat(found).hasSize(2);
            assertThat(found.get(0).drawn().id()).isEqualTo(7);
            assertThat(found.get(0).drawn().bytes())
                    .isEqualTo(STEPS.get(0).drawn().bytes());
            assertThat(found.get(0).candidates().logprob(1)).isEqualTo(-2);
            assertThat(found.get(1).logprob()).isNaN();
            assertThat(shown.find(C)).isNull();
        }
    }

    /** As after a kill, wherever the last write was cut. */
    @Test
    void lastLine_cutAnywhere_costsItAlone_andTheNextOnesAreKept() throws IOException {
        write(A, B);
        byte[] whole = Files.readAllBytes(file());
        int second = new String(whole, StandardCharsets.UTF_8).lastIndexOf('\n');
        for (int length = second; length < whole.length; length += 7) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (ShownFile shown = new ShownFile(file())) {
                assertThat(shown.find(A)).isNotNull();
                assertThat(shown.find(B)).isNull();
                shown.keep(C, STEPS);
                assertThat(shown.find(C)).isNotNull();
            }
            try (ShownFile again = new ShownFile(file())) {
                assertThat(again.find(A)).isNotNull();
                assertThat(again.find(B)).isNull();
                assertThat(again.find(C)).isNotNull();
            }
        }
    }

    @Test
    void damagedLine_isNotRead_theOthersAre() throws IOException {
        write(A, B);
        byte[] bytes = Files.readAllBytes(file());
        bytes[60] ^= 1;
        Files.write(file(), bytes);
        try (ShownFile shown = new ShownFile(file())) {
            assertThat(shown.find(A)).isNull();
            assertThat(shown.find(B)).isNotNull();
        }
    }

    @Test
    void fileOpenTwice_keepsWhatBothAdd() throws IOException {
        try (ShownFile one = new ShownFile(file());
                ShownFile other = new ShownFile(file())) {
            one.keep(A, STEPS);
            other.keep(B, STEPS);
            one.keep(C, STEPS.subList(0, 1));
            assertThat(one.find(A)).hasSize(2);
            assertThat(one.find(C)).hasSize(1);
            assertThat(other.find(B)).hasSize(2);
        }
        try (ShownFile shown = new ShownFile(file())) {
            assertThat(shown.find(A)).hasSize(2);
            assertThat(shown.find(B)).hasSize(2);
            assertThat(shown.find(C)).hasSize(1);
        }
    }

    private void write(String... keys) throws IOException {
        try (ShownFile shown = new ShownFile(file())) {
            for (String key : keys) {
                shown.keep(key, STEPS);
            }
        }
    }

    private Path file() {
        return folder.resolve("shown").resolve("upstream.jsonl");
    }
}
