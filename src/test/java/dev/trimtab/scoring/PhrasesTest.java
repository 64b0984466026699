package dev.trimtab.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.scoring.Phrases.Rule;
import dev.trimtab.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhrasesTest {
    private static boolean completes(Phrases phrases, String preceding, byte[] text) {
        PhraseCursor cursor = new PhraseCursor(phrases, preceding);
        for (byte next : text) {
            if (cursor.read(next)) {
                return true;
            }
        }
        return cursor.end();
    }

    private static Phrases phrases(boolean wholeWords, String... phrases) {
        return new Phrases(List.of(new Rule("rule", List.of(phrases), wholeWords, Bias.NONE)));
    }

    @ParameterizedTest
    @CsvSource({
        "false, É,            caf\u00e9,         true",
        "false, caf\u00e9,    CAFÉ,              true",
        "false, kelvin,       \u212aELVIN,       true",
        "false, straße,       STRA\u1e9eE,       true",
        "false, ς,            Σ,                 true",
        "false, he,           xhex,              true",
        "true,  cheap,        it is cheap,       true",
        "true,  cheap,        cheap!,            true",
        "true,  cheap,        cheaper,           false",
        "true,  cheap,        _cheap,            false",
        "true,  cafe,         cafe\u0301,        false",
        "true,  $5,           x$5.,              true",
        "true,  $5,           $55,               false",
        "true,  New York,     In new YORK.,      true",
        "true,  New York,     new yorker,        false",
        "false, New York,     new yorker,        true",
        "false, 👩,           a👩b,              true"
    })
    void phrase_inAText_isFoundWhateverItsCase(boolean wholeWords, String phrase, String text, boolean found) {
        assertThat(completes(phrases(wholeWords, phrase), "", text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(found);
    }

    @Test
    void everyText_isReadAsTheIndependentMatcherReadsIt() {
        int[] alphabet = "aAbk\u212aéÉ1_ -\u0301👩".codePoints().toArray();
        int found = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            SplittableRandom chance = new SplittableRandom(seed);
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<String> phrases = IntStream.range(0, 3)
                        .mapToObj(phrase -> text(alphabet, 2 + chance.nextInt(4), chance))
                        .toList();
                rules.add(new Rule("rule" + i, phrases, chance.nextBoolean(), Bias.NONE));
            }
            byte[] bytes = text(alphabet, 40, chance).getBytes(StandardCharsets.UTF_8);
            if (chance.nextBoolean()) {
                bytes[chance.nextInt(bytes.length)] = (byte) chance.nextInt(256);
            }
            String preceding = text(alphabet, 1, chance);
            String text = new String(bytes, StandardCharsets.UTF_8);
            boolean expected = IndependentMatcher.leak(rules, preceding, text) != null;
            assertThat(completes(new Phrases(rules), preceding, bytes))
                    .as("%s in \"%s\" behind \"%s\"", rules, text, preceding)
                    .isEqualTo(expected);
            found += expected ? 1 : 0;
        }
        assertThat(found).isBetween(2_000, 18_000);
    }

    private static String text(int[] alphabet, int length, SplittableRandom chance) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(alphabet[chance.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    @Test
    void openFrom_isWhereTheLongestBeginningOfAPhraseStands() {
        PhraseCursor cursor = new PhraseCursor(phrases(false, "new york", "ork"), "");
        int[] open = new int[10];
        byte[] text = "a new yor ".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < text.length; i++) {
            cursor.read(text[i]);
            open[i] = cursor.openFrom();
        }
        assertThat(open).containsExactly(1, 2, 2, 2, 2, 2, 2, 2, 2, 10);
    }

    @Test
    void ruleOf_aToken_isTheOneThatForbidsItsIdentity() {
        Rule first = new Rule("first", List.of(), false, Bias.forbidding(List.of("id:7")));
        Rule second = new Rule("second", List.of(), false, Bias.forbidding(List.of(" cheap")));
        Phrases phrases = new Phrases(List.of(first, second));
        assertThat(phrases.ruleOf(new Token(7, new byte[] {'x'}))).isZero();
        assertThat(phrases.ruleOf(new Token(3, " cheap".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(1);
        assertThat(phrases.ruleOf(Token.END)).isNegative();
        assertThat(phrases.ruleOf(Token.of("cheap"))).isNegative();
    }

    @Test
    void thousandsOfPhrases_areReadInOnePass() {
        List<String> many = IntStream.range(0, 20_000)
                .mapToObj(i -> "brand " + Integer.toString(i * 7919, 36))
                .toList();
        Phrases phrases = new Phrases(List.of(new Rule("brands", many, true, Bias.NONE)));
        String text = "No brand here, but Brand "
                + Integer.toString(12_345 * 7919, 36).toUpperCase() + ".";
        assertThat(completes(phrases, "", text.getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(completes(phrases, "", "brand, brand new, brandy".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }
}
