package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.policy.Route;
import dev.trimtab.policy.Stage;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.FixedScorer;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.steering.GivenAnswers;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.ScriptedUpstream;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContendersTest {
    private static final double[] LAW = {0.5, 0.2, 0.1, 0.15, 0.05};
    private static final double[] MODEL = {0.1, 0.6, 0.3};

    private static final List<Example> EXAMPLES = List.of(
            new Example(List.of(new PrefaceMessage("user", "one")), "", "first"),
            new Example(List.of(new PrefaceMessage("user", "two")), "", "second"));

    static Policy policy(Bias bias, List<WeightedScorer> scorers) {
        return new Policy(
                "voice",
                "0",
                Stage.FULL,
                FailureMode.OPEN,
                Route.DRAFTED,
                null,
                null,
                List.of(),
                bias,
                scorers,
                new Negative(Phrases.NONE, 0),
                new Limits(64, 64, 8),
                Attachments.NONE);
    }

    private static Policy full() {
        FixedScorer scorer = new FixedScorer(token -> token.id() < 3 ? Math.log(MODEL[token.id()]) : 0, true);
        return policy(Bias.parse("id:1\t0.5"), List.of(new WeightedScorer(scorer, 0.7)));
    }

    /** p of the whole vocabulary, of which three tokens are shown. */
    private static double[] law(Policy policy) {
        GivenAnswers answers = new GivenAnswers(new ScriptedUpstream(ScriptedUpstream.capable(3), 1).upstream(), false);
        GenerationRequest request = new Input(List.of(), "a prompt", List.of()).request("scripted", 1, 1, 0);
        Token[] tokens = IntStream.range(0, LAW.length)
                .mapToObj(id -> new Token(id, new byte[] {(byte) ('a' + id)}))
                .toArray(Token[]::new);
        Candidates shown = new Candidates(
                new Token[] {tokens[0], tokens[1], tokens[2]},
                new double[] {Math.log(LAW[0]), Math.log(LAW[1]), Math.log(LAW[2])});
        return IntStream.range(0, LAW.length)
                .mapToDouble(id -> Math.exp(Objects.requireNonNull(
                                answers.weigh(request, policy, List.of(new Step(tokens[id], Math.log(LAW[id]), shown)))
                                        .block())
                        .get(0)
                        .logProbability()))
                .toArray();
    }

    private static Policy contender(String name) {
        List<Contender> all = new Contenders(full(), EXAMPLES, null).of(List.of(name));
        return all.get(1).policy();
    }

    @Test
    void weighted_isTheMixtureOfBothLaws() {
        double[] found = law(contender("weighted:0.25"));
        for (int i = 0; i < LAW.length; i++) {
            double expected = 0.75 * LAW[i] + (i < 3 ? 0.25 * MODEL[i] : 0);
            assertThat(found[i]).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void newModel_standsInTheUpstreamsPlace_onWhatIsShown() {
        double[] found = law(contender("new-model"));
        for (int i = 0; i < LAW.length; i++) {
            assertThat(found[i]).isCloseTo(i < 3 ? 0.8 * MODEL[i] : LAW[i], within(1e-12));
        }
    }

    @Test
    void newModel_thatIsGiven_takesTheScorersPlace() {
        double[] other = {0.7, 0.2, 0.1};
        FixedScorer model = new FixedScorer(token -> Math.log(other[token.id()]), false);
        Contenders contenders = new Contenders(policy(Bias.parse("id:1\t0.5"), List.of()), EXAMPLES, model);

        double[] found = law(contenders.of(List.of("new-model")).get(1).policy());

        for (int i = 0; i < LAW.length; i++) {
            assertThat(found[i]).isCloseTo(i < 3 ? 0.8 * other[i] : LAW[i], within(1e-12));
        }
    }

    @Test
    void unsteered_isFirst_andThePolicyLast() {
        List<Contender> all = new Contenders(full(), EXAMPLES, null).of(List.of("bias", "preface:2", "scorer"));

        assertThat(all)
                .extracting(Contender::name)
                .containsExactly("unsteered", "bias", "preface:2", "scorer", "voice");
        assertThat(all.get(0).policy().steers()).isFalse();
        assertThat(all.get(1).policy().scorers()).isEmpty();
        assertThat(all.get(2).policy().preface())
                .extracting(PrefaceMessage::content)
                .containsExactly("one", "first", "two", "second");
        assertThat(all.get(3).policy().bias().isEmpty()).isTrue();
    }

    @Test
    void partsThatThePolicyLacks_areLeftOut_andSaid() {
        Contenders contenders = new Contenders(policy(Bias.parse("id:1\t0.5"), List.of()), EXAMPLES, null);

        assertThat(contenders.of(List.of("preface", "bias", "scorer", "weighted")))
                .extracting(Contender::name)
                .containsExactly("unsteered", "voice");
        assertThat(contenders.remarks())
                .containsExactly(
                        "preface is left out: the policy has no preface.",
                        "bias is left out: it is all that the policy has.",
                        "scorer is left out: the policy has no scorer.",
                        "weighted is left out: the policy has no scorer to read as a model.");
    }

    @ParameterizedTest
    @CsvSource({
        "best, '--against: best (expected: unsteered, preface, preface:N'",
        "bias:2, '--against: bias:2 (expected: unsteered'",
        "preface:x, '--against: preface:x (expected: unsteered'",
        "weighted:1.5, '--against: weighted:1.5 (expected: unsteered'",
        "preface:3, '--against: preface:3 (expected: at most 2, as --examples has)'"
    })
    void name_thatIsNone_isRefused(String name, String said) {
        assertThatThrownBy(() -> new Contenders(full(), EXAMPLES, null).of(List.of(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(said);
    }
}
