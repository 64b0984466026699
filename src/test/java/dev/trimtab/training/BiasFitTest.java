package dev.trimtab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.scoring.Prompt;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.LogSpace;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lessons drawn from laws that are known, of which the heaviest tokens are shown. */
class BiasFitTest {
    private static final int SIZE = 30;
    private static final int SHOWN = 8;
    private static final DoubleUnaryOperator HUNDREDTHS = nats -> Math.rint(nats * 100) / 100;
    private static final double[] TRUE_BIAS = new double[SIZE];

    static {
        TRUE_BIAS[2] = 2;
        TRUE_BIAS[5] = -1.5;
        TRUE_BIAS[11] = 1;
    }

    @Test
    void knownBias_isRecovered() {
        BiasFit.Fitted fitted = fit(lessons(400, TRUE_BIAS), 300);

        assertThat(fitted.pays()).isTrue();
        double level = fitted.nats().getOrDefault(token(20), 0.0);
        assertThat(fitted.nats().get(token(2)) - level).isCloseTo(2, within(0.4));
        assertThat(fitted.nats().get(token(5)) - level).isCloseTo(-1.5, within(0.4));
        assertThat(fitted.nats().get(token(11)) - level).isCloseTo(1, within(0.4));
    }

    @Test
    void fewEntries_areThoseThatGainTheMost() {
        BiasFit.Fitted fitted = fit(lessons(400, TRUE_BIAS), 3);

        assertThat(fitted.nats()).containsOnlyKeys(token(2), token(5), token(11));
    }

    @Test
    void wantedAnswersOfTheUpstreamsOwnLaw_needNoBias() {
        BiasFit.Fitted fitted = fit(lessons(100, new double[SIZE]), 300);

        assertThat(fitted.pays())
                .as(fitted.before().mean() + " to " + fitted.heldOut().mean())
                .isFalse();
    }

    @Test
    void noEntries_andTokensThatCannotBePushed_areNoBias() {
        assertThat(fit(lessons(50, TRUE_BIAS), 0).pays()).isFalse();
        assertThat(fit(lessons(50, TRUE_BIAS), new BiasRoom(token -> false, 300, HUNDREDTHS))
                        .nats())
                .isEmpty();
    }

    @Test
    void wholeNats_areWhole() {
        assertThat(fit(lessons(50, TRUE_BIAS), new BiasRoom(token -> true, 300, Math::rint))
                        .nats()
                        .values())
                .isNotEmpty()
                .allMatch(nats -> nats == Math.rint(nats));
    }

    /** At the highest price nothing of them is left but zeros. */
    @Test
    void wholeNats_areFoundAtALowerPrice() {
        assertThat(fit(lessons(8, TRUE_BIAS), new BiasRoom(token -> true, 300, Math::rint))
                        .pushed())
                .containsKey(token(2));
    }

    @Test
    void oneLesson_cannotBeCrossed_andFitsNothing() {
        assertThat(fit(lessons(1, TRUE_BIAS), 300).pays()).isFalse();
    }

    /** Of tokens in S, and of some that no step shows. */
    @Test
    void slopes_areThoseOfFiniteDifferences() {
        ShownLaws laws = new ShownLaws(lessons(5, TRUE_BIAS));
        double[] bias = new Random(3).doubles(laws.size(), -1, 1).toArray();
        ShownLaws.Sums sums = laws.under(bias);
        for (int v = 0; v < laws.size(); v++) {
            double[] more = bias.clone();
            double[] less = bias.clone();
            more[v] += 1e-5;
            less[v] -= 1e-5;
            double slope = (laws.under(more).loss() - laws.under(less).loss()) / 2e-5;
            assertThat(sums.expected()[v] - sums.observed()[v])
                    .as("token %s", v)
                    .isCloseTo(slope, within(1e-4));
        }
    }

    @Test
    void expectedCounts_areOneAStep() {
        ShownLaws laws = new ShownLaws(lessons(20, TRUE_BIAS));
        ShownLaws.Sums sums = laws.under(new double[laws.size()]);

        double known = Arrays.stream(sums.expected()).sum();
        assertThat(known).isLessThanOrEqualTo(Arrays.stream(sums.steps()).sum() + 1e-6);
        assertThat(Arrays.stream(sums.observed()).sum())
                .isEqualTo(Arrays.stream(sums.steps()).sum());
    }

    private static BiasFit.Fitted fit(List<Lesson> lessons, int entries) {
        return fit(lessons, new BiasRoom(token -> true, entries, HUNDREDTHS));
    }

    private static BiasFit.Fitted fit(List<Lesson> lessons, BiasRoom room) {
        List<Example> examples = IntStream.range(0, lessons.size())
                .mapToObj(i -> new Example(List.of(), "prompt " + i, "answer"))
                .toList();
        List<BiasFold> folds = BiasFold.of(examples, Preface.NONE, lessons, 1, (rest, without) -> List.of());
        return new BiasFit(lessons, folds, room).estimated();
    }

    private static List<Lesson> lessons(int count, double[] bias) {
        Random random = new Random(7);
        List<Lesson> lessons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Step> steps = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                double[] own = IntStream.range(0, SIZE)
                        .mapToDouble(v -> 1.5 * random.nextGaussian())
                        .toArray();
                steps.add(step(LogSpace.softmax(own), bias, random));
            }
            lessons.add(new Lesson(new Prompt.Text("prompt " + i), steps));
        }
        return lessons;
    }

    private static Step step(double[] law, double[] bias, Random random) {
        double[] wanted = IntStream.range(0, SIZE)
                .mapToDouble(v -> law[v] * Math.exp(bias[v]))
                .toArray();
        int gold = LogSpace.draw(wanted, random.nextDouble());
        int[] heaviest = IntStream.range(0, SIZE)
                .boxed()
                .sorted(Comparator.comparing(v -> -law[v]))
                .limit(SHOWN)
                .mapToInt(Integer::intValue)
                .toArray();
        Candidates shown = new Candidates(
                IntStream.of(heaviest).mapToObj(BiasFitTest::token).toArray(Token[]::new),
                IntStream.of(heaviest).mapToDouble(v -> Math.log(law[v])).toArray());
        boolean isShown = IntStream.of(heaviest).anyMatch(v -> v == gold);
        return new Step(token(gold), isShown ? Math.log(law[gold]) : Double.NaN, shown);
    }

    private static Token token(int v) {
        return new Token(v, ("t" + v).getBytes(StandardCharsets.UTF_8));
    }
}
