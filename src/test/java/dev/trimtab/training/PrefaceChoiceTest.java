package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.ShownAnswers;
import dev.trimtab.upstream.Upstream;
import dev.trimtab.upstream.WrittenUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On an upstream that asks numbers, to which "yes" is wanted, and says that the likelier for some of those shown before. */
class PrefaceChoiceTest {
    private static final int EXAMPLES = 12;
    private static final String WANTED = "yes";

    @TempDir
    private Path folder;

    /** The questions that were asked behind each preface. */
    private final Map<Set<Integer>, Set<Integer>> asked = new HashMap<>();

    /** How likely the wanted answer is. */
    @FunctionalInterface
    private interface Chance {
        double behind(Set<Integer> shown, int question);
    }

    @Test
    void preface_thatHelps_isChosen() throws IOException {
        assertThat(chosen(2, (shown, question) -> shown.isEmpty() ? 0.3 : 0.6)).isNotEmpty();
    }

    @Test
    void preface_thatDoesNotHelp_isLeftOut() throws IOException {
        assertThat(chosen(2, (shown, question) -> 0.5)).isEmpty();
    }

    @Test
    void preface_thatHarms_isLeftOut() throws IOException {
        assertThat(chosen(2, (shown, question) -> shown.isEmpty() ? 0.6 : 0.3)).isEmpty();
    }

    /** By so little that it may be chance: half of the examples gain 0.59 nats, the others lose 0.51. */
    @Test
    void preface_thatHelpsOnAverageOnly_isLeftOut() throws IOException {
        assertThat(chosen(2, (shown, question) -> shown.isEmpty() ? 0.5 : question % 2 == 0 ? 0.9 : 0.3))
                .isEmpty();
    }

    /** Half of the examples gain 0.59 nats, the others lose 0.22: 1.5 standard errors on average. */
    @Test
    void preface_thatGainsLessThanTwoStandardErrors_isLeftOut() throws IOException {
        assertThat(chosen(2, (shown, question) -> shown.isEmpty() ? 0.5 : question % 2 == 0 ? 0.9 : 0.4))
                .isEmpty();
    }

    /** Half of the examples gain 0.59 nats, the others lose 0.04: 2.9 standard errors on average. */
    @Test
    void preface_thatGainsMoreThanTwoStandardErrors_isChosen() throws IOException {
        assertThat(chosen(2, (shown, question) -> shown.isEmpty() ? 0.5 : question % 2 == 0 ? 0.9 : 0.48))
                .isNotEmpty();
    }

    @Test
    void chosenPreface_isTheBestOfThoseTried() throws IOException {
        Chance worth = (shown, question) ->
                Math.exp(-1 / (1 + shown.stream().mapToDouble(one -> one * one).sum()));
        Set<Integer> chosen = chosen(3, worth);

        Set<Set<Integer>> tried = tried();
        assertThat(tried).hasSizeGreaterThan(2).contains(chosen);
        double best = tried.stream()
                .mapToDouble(preface -> likelihood(preface, worth))
                .max()
                .orElseThrow();
        assertThat(likelihood(chosen, worth)).isEqualTo(best);
    }

    @Test
    void smallerPreface_isTried_whereTheUpstreamRefusesALongOne() throws IOException {
        Set<Integer> chosen = chosen(8, (shown, question) -> {
            if (shown.size() > 2) {
                throw new ApiException(ErrorKind.UPSTREAM_REJECTED, "too long");
            }
            return shown.isEmpty() ? 0.3 : 0.6;
        });

        assertThat(chosen).hasSizeBetween(1, 2);
    }

    @Test
    void limitOfTheCaller_isNoReasonForASmallerPreface() {
        assertThatThrownBy(() -> chosen(8, (shown, question) -> {
                    if (shown.size() > 2) {
                        throw new ApiException(ErrorKind.UPSTREAM_REJECTED, "too often").withStatus(429);
                    }
                    return 0.3;
                }))
                .hasMessageContaining("too often");
    }

    @Test
    void noPreface_isLeft_whereTheUpstreamRefusesAll() throws IOException {
        assertThat(chosen(4, (shown, question) -> {
                    if (!shown.isEmpty()) {
                        throw new ApiException(ErrorKind.UPSTREAM_REJECTED, "too long");
                    }
                    return 0.3;
                }))
                .isEmpty();
    }

    /** Σ log p of all examples, none of which is told its own answer. */
    private static double likelihood(Set<Integer> preface, Chance chance) {
        return IntStream.range(0, EXAMPLES)
                .mapToDouble(question -> {
                    Set<Integer> others = new HashSet<>(preface);
                    others.remove(question);
                    return Math.log(chance.behind(others, question));
                })
                .sum();
    }

    /** The prefaces behind which all questions but their own were asked: others are what is left of one. */
    private Set<Set<Integer>> tried() {
        return asked.keySet().stream()
                .filter(preface -> preface.size() + asked.get(preface).size() == EXAMPLES)
                .collect(Collectors.toSet());
    }

    private Set<Integer> chosen(int count, Chance chance) throws IOException {
        List<Example> examples = IntStream.range(0, EXAMPLES)
                .mapToObj(i -> new Example(List.of(new Prompt.Turn("user", String.valueOf(i))), "", WANTED))
                .toList();
        WrittenUpstream written = new WrittenUpstream(Continuation.PREFILL, 2, text -> law(text, chance));
        try (Upstream upstream = written.upstream();
                ShownAnswers answers = ShownAnswers.open(folder, upstream, "written", "1")) {
            Collecting collecting = new Collecting(answers, "written", 1, new Progress(line -> {}, () -> ""));
            return new PrefaceChoice(collecting, line -> {})
                    .choose(examples, count, 1).examples().stream()
                            .map(example -> Integer.valueOf(example.question()))
                            .collect(Collectors.toSet());
        }
    }

    private Map<String, Double> law(String text, Chance chance) {
        if (!text.endsWith("\n")) {
            return Map.of("", 1.0);
        }
        List<Integer> questions = text.lines()
                .filter(line -> !line.equals(WANTED))
                .map(Integer::valueOf)
                .toList();
        int question = questions.get(questions.size() - 1);
        Set<Integer> shown = Set.copyOf(questions.subList(0, questions.size() - 1));
        asked.computeIfAbsent(shown, any -> new HashSet<>()).add(question);
        double wanted = chance.behind(shown, question);
        return Map.of(WANTED, wanted, "no", 1 - wanted);
    }
}
