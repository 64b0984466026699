package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.ScriptedUpstream;
import dev.trimtab.upstream.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
        Refusals.check(Answered.request(more), policy, upstream.asked(null));
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

    private static Upstream cutOff(int shown, int biasEntries) {
        Capabilities capabilities = new Capabilities(
                shown,
                LLAMA_LIKE.shownLaw(),
                LLAMA_LIKE.truncationOrder(),
                Continuation.NONE,
                false,
                biasEntries,
                EndRecords.NEVER,
                Map.of(),
                Map.of(),
                1,
                0,
                0);
        return new ScriptedUpstream(capabilities, 3).upstream();
    }

    private static String refusal(String more, Policy policy, Upstream upstream) {
        String body = "{\"model\":\"m\",\"prompt\":\"p\"" + more + "}";
        CompletionRequest request = CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8));
        ApiException refused =
                catchThrowableOfType(ApiException.class, () -> Refusals.check(request, policy, upstream.asked(null)));
        return refused == null ? "" : refused.getMessage();
    }

    private static Policy resampled(Bias bias, Scorer... scorers) {
        return Answered.policy(Route.DRAFTED_OR_RESAMPLED, FailureMode.CLOSED, bias, scorers);
    }

    @Test
    void upstreamWithoutContinuation_underAPolicyOfTokens_isResampledOnlyWhereThePolicySaysSo() {
        FixedScorer scorer = new FixedScorer(token -> 1);
        Policy drafted = Answered.policy(Route.DRAFTED, FailureMode.CLOSED, Bias.NONE, scorer);
        assertThat(refusal("", drafted, cutOff(5, 0))).contains("lacks it: continuation: none");
        assertThat(refusal("", resampled(Bias.NONE, scorer), cutOff(5, 0))).isEmpty();
        assertThat(refusal(",\"logprobs\":2", resampled(Bias.NONE, scorer), cutOff(5, 0)))
                .isEmpty();
    }

    @Test
    void greedyRequest_thatWouldBeResampled_isRefusedByName() {
        Policy policy = resampled(Bias.parse("id:5\t-1"));
        assertThat(refusal(",\"temperature\":0", policy, cutOff(5, 0))).startsWith("temperature: 0 (expected: above 0");
        assertThat(refusal(",\"temperature\":0", policy, upstream)).isEmpty();
    }

    @Test
    void upstreamWithoutLogprobs_refusesWhatCannotBeReadOffAText() {
        Upstream silent = cutOff(0, 0);
        FixedScorer reading = new FixedScorer(token -> 1, true).reading();
        assertThat(refusal("", resampled(Bias.NONE, new FixedScorer(token -> 1, true)), silent))
                .contains("scorer fixed has no tokenizer");
        assertThat(refusal("", resampled(Bias.NONE, new FixedScorer(token -> 1).reading()), silent))
                .contains("count only within a step (expected: trimtab.zero: rest)");
        assertThat(refusal("", resampled(Bias.parse("id:5\t-1")), silent)).contains("of the bias 1 entries cannot be");
        assertThat(refusal("", resampled(Bias.parse("id:5\t-1"), reading), silent))
                .contains("of the bias 1 entries");
        assertThat(refusal("", resampled(Bias.parse("id:5\t-1")), cutOff(0, 300)))
                .isEmpty();
        assertThat(refusal("", resampled(Bias.parse("\"a\"\t-1"), reading), silent))
                .isEmpty();
        assertThat(refusal(",\"logprobs\":0", resampled(Bias.NONE, reading), silent))
                .startsWith("logprobs: not available");
        assertThat(refusal(",\"presence_penalty\":1", resampled(Bias.NONE, reading), silent))
                .startsWith("presence_penalty: not available");
    }
}
