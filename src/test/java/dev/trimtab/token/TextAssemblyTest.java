package dev.trimtab.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextAssemblyTest {
    private static final String[] PIECES = {"a", "b", "ab", "é", "👩", "ß ", "\n", "aba"};

    @Test
    void anyChunking_givesTheSameTextAndRecords() {
        Random random = new Random(4);
        for (int n = 0; n < 3_000; n++) {
            StringBuilder source = new StringBuilder();
            for (int i = 0; i < 12; i++) {
                source.append(PIECES[random.nextInt(PIECES.length)]);
            }
            List<String> stops = random.nextInt(3) == 0 ? List.of() : List.of("ba", "aab", "é\n");
            byte[] bytes = source.toString().getBytes(StandardCharsets.UTF_8);
            String expected = source.substring(0, cut(source.toString(), stops));
            assertThat(assembled(bytes, stops, random)).as(source.toString()).isEqualTo(expected);
        }
    }

    /** The naive way: the first character at which some stop string is complete, and the earliest start among those. */
    private static int cut(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            int start = Integer.MAX_VALUE;
            for (String stop : stops) {
                if (text.substring(0, end).endsWith(stop)) {
                    start = Math.min(start, end - stop.length());
                }
            }
            if (start != Integer.MAX_VALUE) {
                return start;
            }
        }
        return text.length();
    }

    private static String assembled(byte[] bytes, List<String> stops, Random random) {
        TextAssembly<Integer> assembly = new TextAssembly<>(stops);
        StringBuilder text = new StringBuilder();
        List<Integer> records = new ArrayList<>();
        int token = 0;
        for (int from = 0; from < bytes.length && !assembly.stopped(); ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(4));
            TextAssembly.Piece<Integer> piece = assembly.add(Arrays.copyOfRange(bytes, from, to), token++);
            assertThat(piece.text()).doesNotContain("\uFFFD");
            text.append(piece.text());
            records.addAll(piece.records());
            from = to;
        }
        TextAssembly.Piece<Integer> rest = assembly.finish();
        records.addAll(rest.records());
        for (int i = 0; i < records.size(); i++) {
            assertThat(records.get(i)).isEqualTo(i);
        }
        if (!assembly.stopped()) {
            assertThat(records).hasSize(token);
        }
        return text.append(rest.text()).toString();
    }

    @Test
    void halfACharacter_atTheEnd_becomesAReplacementCharacter() {
        TextAssembly<Integer> assembly = new TextAssembly<>(List.of());
        assertThat(assembly.add(new byte[] {'x', (byte) 0xc3}, null).text()).isEqualTo("x");
        assertThat(assembly.finish().text()).isEqualTo("\uFFFD");
    }

    @Test
    void coins_areUniformAndRepeatable() {
        int[] counts = new int[10];
        Coins coins = new Coins(42, 3);
        for (int step = 0; step < 100_000; step++) {
            counts[(int) (10 * coins.toss(step, 0, Coins.Purpose.STAND))]++;
        }
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += Math.pow(count - 10_000, 2) / 10_000;
        }
        assertThat(chiSquare).isLessThan(33);
        assertThat(coins.toss(5, 1, Coins.Purpose.THIN)).isEqualTo(new Coins(42, 3).toss(5, 1, Coins.Purpose.THIN));
        assertThat(coins.toss(5, 1, Coins.Purpose.THIN)).isNotEqualTo(coins.toss(5, 1, Coins.Purpose.STAND));
        assertThat(coins.callSeed(0)).isNotNegative().isNotEqualTo(coins.callSeed(1));
    }

    @Test
    void takeBack_ofWhatWasNotReleased_isAsIfItHadNeverBeenAdded() {
        Random random = new Random(6);
        for (int n = 0; n < 3_000; n++) {
            List<String> stops = random.nextBoolean() ? List.of() : List.of("ba", "aab");
            TextAssembly<Integer> assembly = new TextAssembly<>(stops);
            StringBuilder released = new StringBuilder();
            List<byte[]> tokens = new ArrayList<>();
            List<Long> starts = new ArrayList<>();
            int sendable = 0;
            for (int i = 0; i < 20 && !assembly.stopped(); i++) {
                starts.add(assembly.end());
                tokens.add(PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
                assembly.append(tokens.get(tokens.size() - 1), i);
                if (!assembly.stopped() && random.nextInt(3) == 0) {
                    int from = sendable + random.nextInt(tokens.size() - sendable);
                    assembly.takeBack(starts.get(from));
                    tokens.subList(from, tokens.size()).clear();
                    starts.subList(from, starts.size()).clear();
                }
                sendable += random.nextInt(tokens.size() - sendable + 1);
                long place = sendable < starts.size() ? starts.get(sendable) : assembly.end();
                released.append(assembly.release(place).text());
            }
            released.append(assembly.finish().text());
            TextAssembly<Integer> plain = new TextAssembly<>(stops);
            StringBuilder expected = new StringBuilder();
            tokens.forEach(token -> expected.append(plain.add(token, 0).text()));
            assertThat(released.toString())
                    .isEqualTo(expected.append(plain.finish().text()).toString());
        }
    }

    @Test
    void cutBy_aToken_isWhereTheStopStringBeginsThatItCompletes() {
        TextAssembly<Integer> assembly = new TextAssembly<>(List.of("END"));
        assembly.append("some E".getBytes(StandardCharsets.UTF_8), 0);
        assertThat(assembly.cutBy("ND".getBytes(StandardCharsets.UTF_8))).isEqualTo(5);
        assertThat(assembly.cutBy("N".getBytes(StandardCharsets.UTF_8))).isEqualTo(TextAssembly.NOWHERE);
    }
}
