package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trimtab.openai.ApiException;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.ScriptedUpstream;
import dev.trimtab.upstream.Upstream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalsTest {
    private static final Capabilities LLAMA_LIKE = new Capabilities(
            5,
            ScriptedUpstream.capable(5).shownLaw(),
            Truncation.Order.TEMPERATURE_FIRST,
            Continuation.TOKEN_IDS,
            true,
            0,
            EndRecords.SHOWN,
            Map.of("top_k", 0.0, "min_p", 0.0, "typical_p", 1.0),
            Map.of(),
            1,
            100_000,
            ScriptedUpstream.SIZE);

    private final Upstream upstream = new ScriptedUpstream(LLAMA_LIKE, 3).upstream();
    private final Policy policy = Answered.policy(Route.DRAFTED, FailureMode.CLOSED, Bias.NONE);

    private void check(String more) {
        Refusals.check(Answered.request(more), policy, upstream);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "typical_p; 0.5",
                "repeat_penalty; 1.3",
                "repetition_penalty; 1.3",
                "grammar; \"root ::= [a-z]\"",
                "guided_json; {\"type\":\"object\"}",
                "structured_outputs; {\"regex\":\"a\"}",
                "min_tokens; 1",
                "stop_token_ids; [3]",
                "ignore_eos; true",
                "modalities; [\"text\",\"audio\"]"
            })
    void field_thatADraftCannotHonour_isRefusedByName(String field, String value) {
        ApiException refused = catchThrowableOfType(ApiException.class, () -> check(",\"" + field + "\":" + value));
        assertThat(refused).isNotNull();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.param()).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"typical_p\":1",
                ",\"min_tokens\":0",
                ",\"ignore_eos\":false",
                ",\"modalities\":[\"text\"]",
                ",\"typical_p\":null",
                ",\"top_k\":3",
                ",\"min_p\":0.1",
                ",\"repeat_penalty\":1",
                ",\"frobnicate\":{\"a\":1}"
            })
    void field_thatIsNeutralStatedOrUnknown_isTaken(String more) {
        assertThatCode(() -> check(more)).doesNotThrowAnyException();
    }
}
