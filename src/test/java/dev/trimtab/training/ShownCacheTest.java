package dev.trimtab.training;

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

class ShownCacheTest {
    @TempDir
    private Path folder;

    private static final List<Step> STEPS = List.of(
            new Step(
                    new Token(7, new byte[] {(byte) 0xe2, (byte) 0x80}),
                    -1.25,
                    new Candidates(
                            new Token[] {Token.of(" a"), new Token(7, new byte[] {1})}, new double[] {-0.5, -2})),
            new Step(new Token(Token.NO_ID, new byte[0]), Double.NaN, Candidates.NONE));

    @Test
    void whatWasKept_isFoundAgain() throws IOException {
        write("a", "b");
        try (ShownCache cache = new ShownCache(file())) {
            List<Step> found = Objects.requireNonNull(cache.find("a"));
            assertThat(found).hasSize(2);
            assertThat(found.get(0).drawn().id()).isEqualTo(7);
            assertThat(found.get(0).drawn().bytes())
                    .isEqualTo(STEPS.get(0).drawn().bytes());
            assertThat(found.get(0).candidates().logprob(1)).isEqualTo(-2);
            assertThat(found.get(1).logprob()).isNaN();
            assertThat(cache.find("c")).isNull();
        }
    }

    /** As after a kill, wherever the last write was cut. */
    @Test
    void lastLine_cutAnywhere_costsItAlone_andTheNextOnesAreKept() throws IOException {
        write("a", "b");
        byte[] whole = Files.readAllBytes(file());
        int second = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int length = second; length < whole.length; length += 7) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (ShownCache cache = new ShownCache(file())) {
                assertThat(cache.find("a")).isNotNull();
                assertThat(cache.find("b")).isNull();
                cache.keep("b", STEPS);
            }
            assertThat(Files.readAllBytes(file())).isEqualTo(whole);
        }
    }

    @Test
    void damagedLine_isNotRead_theOthersAre() throws IOException {
        write("a", "b");
        byte[] bytes = Files.readAllBytes(file());
        bytes[20] ^= 1;
        Files.write(file(), bytes);
        try (ShownCache cache = new ShownCache(file())) {
            assertThat(cache.find("a")).isNull();
            assertThat(cache.find("b")).isNotNull();
        }
    }

    private void write(String... keys) throws IOException {
        try (ShownCache cache = new ShownCache(file())) {
            for (String key : keys) {
                cache.keep(key, STEPS);
            }
        }
    }

    private Path file() {
        return folder.resolve("shown").resolve("cache.jsonl");
    }
}
