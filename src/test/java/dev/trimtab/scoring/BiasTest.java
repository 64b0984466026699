package dev.trimtab.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BiasTest {
    @Test
    void parse_idsStringsAndInfinity_areRead() {
        Bias bias = Bias.parse("# a comment\nid:7\t1.5\n\"\\n caf\u00e9\"\t-inf\n\n\" cheap\"\t-0.25\n");
        assertThat(bias.nats(new Token(7, new byte[] {1}))).isEqualTo(1.5);
        assertThat(bias.nats(Token.of("\n caf\u00e9"))).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(bias.nats(new Token(9, " cheap".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(-0.25);
        assertThat(bias.nats(Token.of("else"))).isZero();
        assertThat(bias.isEmpty()).isFalse();
    }

    @Test
    void parse_lineSeparatorsInATokensText_endNoLine() {
        assertThat(Bias.parse("\"a\u2028\u0085\"\t1\r\n\"b\"\t2\n").nats())
                .containsOnlyKeys(Token.of("a\u2028\u0085"), Token.of("b"));
    }

    @Test
    void parse_badLines_areAllReported() {
        assertThatThrownBy(() -> Bias.parse("id:7\t1\ncheap\t1\n\"a\"\tmuch\n\"b\"\nid:7\t2\n\"\"\t1\n\"c\"\tNaN"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2: cheap (expected: a token as a JSON string, or id:NUMBER)")
                .hasMessageContaining("line 3: much (expected: a finite number of nats, or -inf)")
                .hasMessageContaining("line 4")
                .hasMessageContaining("line 5")
                .hasMessageContaining("line 6")
                .hasMessageContaining("line 7: NaN");
    }

    @Test
    void byId_stringsAreLookedUp_andUnknownOnesLeftOut() {
        Bias bias = Bias.parse("id:7\t1\n\"a\"\t2\n\"b\"\t3\n");
        assertThat(bias.byId(bytes -> bytes[0] == 'a' ? 40 : -1)).isEqualTo(Map.of(7, 1.0, 40, 2.0));
    }

    @Test
    void without_whatIsTakenAway_leavesTheRest() {
        Bias bias = Bias.parse("id:7\t1.5\n\"a\"\t2\n\"b\"\t3\nid:9\t-inf\n");
        Bias left = bias.without(
                Map.of(7, 2.0, 40, 2.0, 9, Double.NEGATIVE_INFINITY), bytes -> bytes[0] == 'a' ? 40 : Token.NO_ID);
        assertThat(left.byId(bytes -> 50)).isEqualTo(Map.of(7, -0.5, 50, 3.0));
    }
}
