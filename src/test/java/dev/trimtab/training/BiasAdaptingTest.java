package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.ScriptedUpstream;
import dev.trimtab.upstream.Upstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BiasAdaptingTest {
    private static final Bias BEFORE = Bias.parse("id:7\t-1\n\"If\"\t2\n\"Why\"\t-inf\n\"odd\"\t0.333\n");

    /** Entries are known by their bytes or by their ids; added tokens have both. */
    @Test
    void additions_moveTheEntriesThatAreThere_andNothingElse() {
        Map<Token, Double> sum = with(Map.of(shown(7, " half"), 0.5, shown(9, "If"), -2.0, shown(3, "new"), 0.254));

        assertThat(sum)
                .isEqualTo(Map.of(
                        new Token(7, new byte[0]),
                        -0.5,
                        Token.of("Why"),
                        Double.NEGATIVE_INFINITY,
                        Token.of("odd"),
                        0.333,
                        shown(3, "new"),
                        0.25));
        String lines = PolicyWriting.lines(sum, bytes -> Token.NO_ID);
        assertThat(Bias.parse(lines).nats()).hasSize(4);
    }

    private static Token shown(int id, String text) {
        return new Token(id, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<Token, Double> with(Map<Token, Double> added) {
        try (Upstream upstream = new ScriptedUpstream(ScriptedUpstream.capable(3), 1).upstream()) {
            AskedModel model = new AskedModel(upstream, "reciting", "1", Path.of("nowhere"), 1, () -> "");
            return new BiasAdapting(model, BEFORE, List.of(), 1).with(added);
        }
    }
}
