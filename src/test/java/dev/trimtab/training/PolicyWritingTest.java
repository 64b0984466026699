package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyWritingTest {
    private static final byte[] HALF = {(byte) 0xf0, (byte) 0x9f};

    @Test
    void biasLines_areReadAsTheyWere() {
        Map<Token, Double> bias = new LinkedHashMap<>();
        bias.put(Token.of(" cheap"), 1.5);
        bias.put(new Token(7, HALF), -2.0);
        bias.put(new Token(Token.NO_ID, new byte[] {(byte) 0x9f}), Double.NEGATIVE_INFINITY);
        bias.put(Token.of("a\u2028b"), 0.25);

        Bias read = Bias.parse(PolicyWriting.lines(bias, PolicyWritingTest::idOf));

        assertThat(read.byId(PolicyWritingTest::idOf)).isEqualTo(new Bias(bias).byId(PolicyWritingTest::idOf));
    }

    private static int idOf(byte[] bytes) {
        return bytes.length;
    }
}
