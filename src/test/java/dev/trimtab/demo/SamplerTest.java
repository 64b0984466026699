package dev.trimtab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.token.Coins;
import dev.trimtab.token.ShownLaw;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SamplerTest {
    /** q = .5, .3, .1, .1. */
    private static final float[] LOGITS = logs(.5, .3, .1, .1);

    @Test
    void draws_followTheLaw() {
        int[] counts = new int[4];
        int draws = 20_000;
        for (int seed = 0; seed < draws; seed++) {
            counts[
                    new Sampler(with(1.0, null, null, null), new Coins(seed, 0))
                            .draw(LOGITS)
                            .id()]++;
        }
        double chi2 = 0;
        double[] law = {.5, .3, .1, .1};
        for (int id = 0; id < law.length; id++) {
            double expected = draws * law[id];
            chi2 += Math.pow(counts[id] - expected, 2) / expected;
        }
        assertThat(chi2).as("χ² with 3 degrees of freedom, p = 1e-4").isLessThan(21.1);
    }

    @Test
    void truncation_afterTemperature_keepsWhatTheTemperedLawReaches() {
        Law drawn = new Sampler(with(0.5, .9, null, null), new Coins(1, 0))
                .draw(LOGITS)
                .drawn();
        assertThat(Math.exp(drawn.logprob(0))).isCloseTo(.735, within(1e-3));
        assertThat(Math.exp(drawn.logprob(1))).isCloseTo(.265, within(1e-3));
        assertThat(drawn.heaviest(4)).containsExactly(0, 1);
    }

    @Test
    void topK_keepsTheHeaviestAndTheSmallerIdOfEquals() {
        assertThat(drawnFrom(with(1.0, null, 3, null))).containsExactly(0, 1, 2);
    }

    @Test
    void minP_keepsTokensOfAShareOfTheHeaviest() {
        assertThat(drawnFrom(with(1.0, null, null, .5))).containsExactly(0, 1);
    }

    @Test
    void topP_ofNothing_keepsTheHeaviest() {
        assertThat(drawnFrom(with(1.0, 0.0, null, null))).containsExactly(0);
    }

    @Test
    void neutralTruncation_keepsEverything() {
        assertThat(drawnFrom(with(1.0, 1.0, -1, 0.0))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void zeroTemperature_drawsTheLikeliest_certainly() {
        Draw draw = new Sampler(with(0.0, null, null, null), new Coins(7, 0)).draw(LOGITS);
        assertThat(draw.id()).isZero();
        assertThat(draw.shown(ShownLaw.DRAWN).logprob(0)).isZero();
        assertThat(draw.shown(ShownLaw.DRAWN).heaviest(4)).containsExactly(0);
    }

    @Test
    void bias_isHiddenFromTheRawLaw_andActsOnTheOthers() {
        Draw draw = new Sampler(biased(Map.of(0, -100.0, 2, 1.0)), new Coins(7, 0)).draw(LOGITS);
        assertThat(draw.id()).isEqualTo(1);
        assertThat(draw.shown(ShownLaw.RAW).logprob(0)).isCloseTo(Math.log(.5), within(1e-6));
        double total = .3 + .1 * Math.E + .1;
        assertThat(draw.shown(ShownLaw.BIASED).logprob(2)).isCloseTo(Math.log(.1 * Math.E / total), within(1e-6));
    }

    @Test
    void penalties_lowerWhatTheAnswerHas_onceAndPerTime() {
        Sampler sampler = new Sampler(penalised(.5, .25), new Coins(7, 0));
        assertThat(sampler.draw(LOGITS).id()).isZero();
        assertThat(sampler.draw(LOGITS).id()).as(".5 − .75 nats falls below .3").isEqualTo(1);
        Law third = sampler.draw(LOGITS).biased();
        assertThat(third.logprob(0) - third.logprob(2)).isCloseTo(Math.log(5) - .75, within(1e-6));
    }

    @Test
    void draws_ofOneSeed_repeat_andDifferByChoice() {
        assertThat(twenty(new Sampler(with(1.0, null, null, null), new Coins(5, 0))))
                .isEqualTo(twenty(new Sampler(with(1.0, null, null, null), new Coins(5, 0))))
                .isNotEqualTo(twenty(new Sampler(with(1.0, null, null, null), new Coins(5, 1))));
    }

    private static List<Integer> twenty(Sampler sampler) {
        return java.util.stream.IntStream.range(0, 20)
                .mapToObj(step -> sampler.draw(LOGITS).id())
                .toList();
    }

    private static int[] drawnFrom(SamplingParameters parameters) {
        return new Sampler(parameters, new Coins(3, 0)).draw(LOGITS).drawn().heaviest(4);
    }

    private static SamplingParameters with(
            @Nullable Double temperature, @Nullable Double topP, @Nullable Integer topK, @Nullable Double minP) {
        return parameters(temperature, topP, topK, minP, 0, 0, Map.of());
    }

    private static SamplingParameters biased(Map<Integer, Double> bias) {
        return parameters(0.0, null, null, null, 0, 0, bias);
    }

    private static SamplingParameters penalised(double presence, double frequency) {
        return parameters(0.0, null, null, null, presence, frequency, Map.of());
    }

    private static SamplingParameters parameters(
            @Nullable Double temperature,
            @Nullable Double topP,
            @Nullable Integer topK,
            @Nullable Double minP,
            double presence,
            double frequency,
            Map<Integer, Double> bias) {
        return new SamplingParameters(
                temperature, topP, topK, minP, 1, null, List.of(), null, presence, frequency, bias, -1, false, false);
    }

    private static float[] logs(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (float) Math.log(probabilities[id]);
        }
        return logits;
    }
}
