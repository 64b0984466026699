package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.Template;
import dev.trimtab.upstream.RecitingUpstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cut loses nothing, wherever it falls: the greedy answer in pieces is the one in one piece, byte for byte. */
class SeamTest {
    private static final int CHARACTERS = RecitingUpstream.TEXT.codePointCount(0, RecitingUpstream.TEXT.length());

    /** Every byte is a token. By text the answer can only be cut behind a character, by ids behind every byte. */
    @ParameterizedTest
    @CsvSource({"TEXT, APPLY_TEMPLATE", "PREFILL, NONE", "TOKEN_IDS, APPLY_TEMPLATE"})
    void cutWhereverItCanBe_theAnswerIsTheSame(Continuation continuation, Template template) {
        Capabilities capabilities = RecitingUpstream.capabilities(continuation, false, template);

        Answered whole = recited(false, capabilities, Route.DRAFTED, 0, 1);
        Answered cut = recited(false, capabilities, Route.STEPWISE, 0, 1);

        assertThat(whole.text()).isEqualTo(RecitingUpstream.TEXT);
        assertThat(whole.report().books().calls()).isOne();
        assertThat(cut.text()).isEqualTo(RecitingUpstream.TEXT);
        assertThat(cut.finishReason()).isEqualTo("stop");
        assertThat(cut.report().books().calls())
                .isEqualTo(continuation == Continuation.TOKEN_IDS ? cut.ids().size() : CHARACTERS + 1);
    }

    /** A character of several tokens comes as one record, whose other ids are never shown. */
    @ParameterizedTest
    @CsvSource({"TOKEN_IDS, APPLY_TEMPLATE", "TEXT, APPLY_TEMPLATE", "PREFILL, NONE"})
    void mergedRecords_areSentBackWhole_andCutBehindEachTheAnswerIsTheSame(
            Continuation continuation, Template template) {
        Capabilities capabilities = RecitingUpstream.capabilities(continuation, true, template);
        for (Route route : List.of(Route.DRAFTED, Route.STEPWISE)) {
            Answered answered = recited(true, capabilities, route, 0, 1);
            assertThat(answered.text()).isEqualTo(RecitingUpstream.TEXT);
            assertThat(answered.finishReason()).isEqualTo("stop");
            assertThat(answered.report().books().calls()).isEqualTo(route == Route.STEPWISE ? CHARACTERS + 1 : 1);
        }
    }

    /** A draft of one token that brings nothing is no end, though nobody has said that records are merged. */
    @Test
    void draftOfOneToken_thatBringsNothing_isAskedForMore() {
        Capabilities unaware = RecitingUpstream.capabilities(Continuation.TOKEN_IDS, false, Template.APPLY_TEMPLATE);

        Answered answered = recited(true, unaware, Route.STEPWISE, 0, 1);

        assertThat(answered.text()).isEqualTo(RecitingUpstream.TEXT);
        assertThat(answered.finishReason()).isEqualTo("stop");
    }

    /** A score would put a word behind the first byte of É. */
    @ParameterizedTest
    @CsvSource({"TEXT, APPLY_TEMPLATE", "PREFILL, NONE"})
    void replacement_neverComesBehindHalfACharacter(Continuation continuation, Template template) {
        Capabilities capabilities = RecitingUpstream.capabilities(continuation, false, template);
        boolean replaced = false;
        for (int seed = 0; seed < 100; seed++) {
            Answered answered = recited(
                    false,
                    capabilities,
                    seed % 2 == 0 ? Route.DRAFTED : Route.STEPWISE,
                    1,
                    seed,
                    new FixedScorer(token -> token.id() == 'x' ? 1 : 0));
            assertThat(answered.text()).doesNotContain("\uFFFD");
            replaced |= answered.text().contains("x");
        }
        assertThat(replaced).isTrue();
    }

    private static Answered recited(
            boolean merges, Capabilities capabilities, Route route, double temperature, long seed, Scorer... scorers) {
        Policy policy = Answered.policy(route, FailureMode.CLOSED, Bias.NONE, scorers);
        String body = "{\"model\":\"m\",\"temperature\":" + temperature + ",\"logprobs\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Recite\"}]}";
        List<AnswerPart> parts = Answered.steering(new RecitingUpstream(merges, false).upstream(capabilities), seed)
                .steer(ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8)), policy, null, false)
                .parts()
                .collectList()
                .block(Duration.ofMinutes(1));
        return Answered.of(Objects.requireNonNull(parts));
    }
}
