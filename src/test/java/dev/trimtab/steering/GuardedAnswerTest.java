package dev.trimtab.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Phrases.Rule;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.WrittenUpstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of an answer under phrases that may not get out. */
class GuardedAnswerTest {
    private static final Function<String, Map<String, Double>> CITY = text -> switch (text) {
        case "" -> Map.of("The", 1.0);
        case "The" -> Map.of(" New", 0.6, " N", 0.3, " big", 0.1);
        case "The New", "The N" -> text.equals("The N") ? Map.of("ew", 1.0) : Map.of(" York", 0.99, " Town", 0.01);
        default -> Map.of("", 1.0);
    };

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static Policy forbidding(double floor, boolean wholeWords, String... phrases) {
        Rule rule = new Rule("rule", List.of(phrases), wholeWords, Bias.NONE);
        return Answered.policy(Route.DRAFTED, new Negative(new Phrases(List.of(rule)), floor));
    }

    private List<AnswerPart> parts(WrittenUpstream upstream, Policy policy, String more) {
        String body = "{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens\":50" + more + "}";
        return new Steering(upstream.upstream(), registry, () -> 1)
                .steer(CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8)), policy, null, false)
                .parts()
                .collectList()
                .block(Duration.ofSeconds(10));
    }

    private Answered answer(WrittenUpstream upstream, Policy policy, String more) {
        return Answered.of(parts(upstream, policy, more));
    }

    private static WrittenUpstream city() {
        return new WrittenUpstream(Continuation.TEXT, 5, CITY);
    }

    private static WrittenUpstream writing(String... tokens) {
        Map<String, String> next = new TreeMap<>();
        StringBuilder text = new StringBuilder();
        for (String token : tokens) {
            next.put(text.toString(), token);
            text.append(token);
        }
        return new WrittenUpstream(Continuation.TEXT, 1, written -> Map.of(next.getOrDefault(written, ""), 1.0));
    }

    private double meter(String name) {
        return registry.get(name).tag("rule", "rule").counter().count();
    }

    @Test
    void phrase_whoseCompletionIsAlmostCertain_isTakenBackToItsFirstToken() {
        WrittenUpstream upstream = city();

        Answered answer = answer(upstream, forbidding(0.05, false, "new york"), ",\"temperature\":0");

        assertThat(answer.text()).isEqualTo("The big");
        assertThat(answer.finishReason()).isEqualTo("stop");
        assertThat(upstream.prefixes()).containsExactly("", "The", "The N", "The", "The big");
        Books books = answer.report().books();
        assertThat(books.takenBack()).isEqualTo(3);
        assertThat(books.balance()).isTrue();
        assertThat(meter("trimtab.rule.hits")).isEqualTo(2);
        assertThat(meter("trimtab.rule.taken.back")).isEqualTo(3);
        assertThat(meter("trimtab.rule.lowered")).isPositive();
        assertThat(meter("trimtab.rule.withheld")).isZero();
    }

    @Test
    void phrase_withEnoughLeft_goesOnWithWhatIsLeft() {
        Answered answer = answer(city(), forbidding(0.005, false, "new york"), ",\"temperature\":0");

        assertThat(answer.text()).isEqualTo("The New Town");
        assertThat(answer.report().books().takenBack()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"DRAFTED", "STEPWISE"})
    void phrase_onEveryRoute_isTakenBack(Route route) {
        Negative negative = forbidding(0.05, false, "new york").negative();

        assertThat(answer(city(), Answered.policy(route, negative), ",\"temperature\":0")
                        .text())
                .isEqualTo("The big");
    }

    @Test
    void phrase_thatNothingElseCanReplace_endsTheAnswerAsFiltered() {
        Answered answer = answer(writing("It is", " chea", "p", "."), forbidding(0.05, false, "cheap"), "");

        assertThat(answer.text()).isEqualTo("It is");
        assertThat(answer.finishReason()).isEqualTo("content_filter");
        assertThat(meter("trimtab.rule.withheld")).isZero();
        assertThat(answer.report().books().balance()).isTrue();
    }

    @Test
    void phrase_withinOneToken_endsTheAnswerAsFiltered_whereNothingElseIsShown() {
        Answered answer = answer(writing("It is", " CHEAP."), forbidding(0.05, false, "cheap"), "");

        assertThat(answer.text()).isEqualTo("It is");
        assertThat(answer.finishReason()).isEqualTo("content_filter");
        assertThat(meter("trimtab.rule.withheld")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"max_tokens\":2", ",\"stop\":\"er\""})
    void wholeWord_thatTheEndWouldComplete_neverEndsTheAnswer(String more) {
        Policy policy = forbidding(0.05, true, "cheap");
        WrittenUpstream upstream = more.contains("er") ? writing("It", " cheap", "er") : writing("It", " cheap");

        Answered answer = answer(upstream, policy, more);

        assertThat(answer.text()).isEqualTo("It");
        assertThat(answer.finishReason()).isEqualTo("content_filter");
    }

    @Test
    void wholeWord_asTheLastToken_isAnotherWordWhereThereIsOne() {
        WrittenUpstream upstream = new WrittenUpstream(
                Continuation.TEXT, 2, text -> text.isEmpty() ? Map.of("It", 1.0) : Map.of(" cheap", 0.9, " dear", 0.1));

        Answered answer = answer(upstream, forbidding(0.05, true, "cheap"), ",\"max_tokens\":2");

        assertThat(answer.text()).isEqualTo("It dear");
        assertThat(answer.finishReason()).isEqualTo("length");
    }

    @Test
    void wholeWord_thatGoesOn_isNoPhrase() {
        assertThat(answer(writing("It is cheap", "er"), forbidding(0.05, true, "cheap"), "")
                        .text())
                .isEqualTo("It is cheaper");
    }

    @Test
    void wholeWord_continuedFromThePrompt_isNoPhrase() {
        assertThat(answer(writing("rice", " is"), forbidding(0.05, true, "rice"), "")
                        .text())
                .isEqualTo("rice is");
        assertThat(answer(writing("rice", " is"), forbidding(0.05, false, "rice"), "")
                        .finishReason())
                .isEqualTo("content_filter");
    }

    @Test
    void echoedPrompt_isExempt() {
        Answered answer = answer(writing(" is"), forbidding(0.05, false, "p"), ",\"echo\":true");

        assertThat(answer.text()).isEqualTo("p is");
        assertThat(answer.finishReason()).isEqualTo("stop");
    }

    @Test
    void text_isHeldNoLongerThanAPhraseMayGrowOutOfIt() {
        List<String> pieces = parts(
                        writing("A", " new", " day", " in", " New", " Y", "ear"),
                        forbidding(0.05, false, "new york"),
                        "")
                .stream()
                .filter(AnswerPart.Piece.class::isInstance)
                .map(part -> ((AnswerPart.Piece) part).text())
                .toList();

        assertThat(pieces).containsExactly("A", " new day", " in", " New Year");
    }

    @Test
    void upstream_ofWhichNothingIsKnown_isGuardedByItsTextAlone() {
        WrittenUpstream upstream = new WrittenUpstream(Continuation.NONE, 0, CITY);

        Answered answer = answer(upstream, forbidding(0.05, false, "york"), ",\"seed\":1");
        Answered free = answer(upstream, forbidding(0.05, false, "paris"), ",\"seed\":1");

        assertThat(answer.text()).startsWith("The").doesNotContainIgnoringCase("york");
        assertThat(free.finishReason()).isEqualTo("stop");
        assertThat(upstream.prefixes()).containsOnly("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"logprobs:2", "logprobs:0", "presence_penalty:1", "frequency_penalty:0.5"})
    void parameter_thatNeedsMoreThanText_isRefusedByName_whereTheUpstreamGivesNoMore(String field) {
        String name = field.substring(0, field.indexOf(':'));
        WrittenUpstream upstream = new WrittenUpstream(Continuation.NONE, 0, CITY);
        assertThatThrownBy(() -> answer(
                        upstream,
                        forbidding(0.05, false, "york"),
                        ",\"" + name + "\":" + field.substring(name.length() + 1)))
                .isInstanceOfSatisfying(ApiException.class, refused -> {
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.param()).isEqualTo(name);
                });
        assertThat(upstream.prefixes()).isEmpty();
    }

    @Test
    void lawOfAStep_isTheDraftsWithoutWhatWouldCompleteAPhrase() {
        Map<String, Double> law = new TreeMap<>(Map.of("a", 0.5, "b", 0.3, "c", 0.15, "d", 0.05));
        WrittenUpstream upstream = new WrittenUpstream(
                Continuation.TEXT, 4, text -> text.isEmpty() ? Map.of("x", 1.0) : text.length() == 1 ? law : end());
        Policy policy = forbidding(0, false, "xa", "xd");
        int draws = 6_000;

        Map<String, Long> drawn = IntStream.range(0, draws)
                .mapToObj(i -> answer(upstream, policy, ",\"seed\":" + i).text())
                .collect(Collectors.groupingBy(text -> text, TreeMap::new, Collectors.counting()));

        assertThat(drawn.keySet()).containsExactly("xb", "xc");
        double expected = draws * 0.3 / 0.45;
        assertThat(Math.abs(drawn.get("xb") - expected)).isLessThan(4 * Math.sqrt(expected / 3));
    }

    private static Map<String, Double> end() {
        return Map.of("", 1.0);
    }
}
