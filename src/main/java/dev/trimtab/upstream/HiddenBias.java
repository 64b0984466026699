package dev.trimtab.upstream;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Tells shown candidates under a bias b that an upstream draws from and does not show: log u + b − log Z, where Z is what
 * the law that is drawn from, d, says of a token of both lists, log u + b − log d.
 */
final class HiddenBias {
    private static final double TRIED = 3;
    private static final int TRIES = 3;

    private HiddenBias() {}

    /**
     * Whether a bias is seen in what is said to be drawn from. A draw without a record says nothing, so a few are made.
     *
     * @param first that law's candidates at one step under a bias by token id
     */
    static boolean isSeen(Function<Map<Integer, Double>, Candidates> first) {
        return IntStream.range(0, TRIES).anyMatch(once -> isSeenOnce(first));
    }

    private static boolean isSeenOnce(Function<Map<Integer, Double>, Candidates> first) {
        Candidates before = first.apply(Map.of());
        if (before.size() < 2 || before.token(1).id() == Token.NO_ID) {
            return false;
        }
        Token raised = before.token(1);
        Candidates after = first.apply(Map.of(raised.id(), TRIED));
        double odds = before.logprob(1) - before.logprob(0);
        double now = logprob(after, raised) - logprob(after, before.token(0));
        return now - odds > TRIED / 2;
    }

    /**
     * The steps of one answer, the candidates those of the raw law.
     *
     * @param raw as the upstream shows them
     * @param drawn of the law that is drawn from under the bias
     * @param bias nats by token id
     */
    static List<Step> steps(List<Step> raw, List<Step> drawn, Map<Integer, Double> bias) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < Math.min(raw.size(), drawn.size()); i++) {
            steps.add(step(raw.get(i), drawn.get(i), bias));
        }
        return steps;
    }

    private static Step step(Step raw, Step drawn, Map<Integer, Double> bias) {
        Candidates shown = raw.candidates();
        double logZ = logZ(shown, drawn.candidates(), bias);
        Candidates told = told(shown, token -> of(token, bias) - logZ);
        double own = logprob(told, raw.drawn());
        double elsewhere =
                Double.isNaN(drawn.logprob()) ? raw.logprob() + of(raw.drawn(), bias) - logZ : drawn.logprob();
        return new Step(raw.drawn(), Double.isNaN(own) ? elsewhere : own, told);
    }

    private static Candidates told(Candidates shown, ToDoubleFunction<Token> moved) {
        double[] logprobs = IntStream.range(0, shown.size())
                .mapToDouble(i -> Math.min(0, shown.logprob(i) + moved.applyAsDouble(shown.token(i))))
                .toArray();
        int[] order = IntStream.range(0, shown.size())
                .boxed()
                .sorted(Comparator.comparing(i -> -logprobs[i]))
                .mapToInt(i -> i)
                .toArray();
        return new Candidates(
                Arrays.stream(order).mapToObj(shown::token).toArray(Token[]::new),
                Arrays.stream(order).mapToDouble(i -> logprobs[i]).toArray());
    }

    /** Of the likeliest token of both lists; where there is none, by the shown candidates alone. */
    private static double logZ(Candidates raw, Candidates drawn, Map<Integer, Double> bias) {
        for (int i = 0; i < drawn.size(); i++) {
            double logprob = logprob(raw, drawn.token(i));
            if (!Double.isNaN(logprob)) {
                return logprob + of(drawn.token(i), bias) - drawn.logprob(i);
            }
        }
        return Math.log1p(IntStream.range(0, raw.size())
                .mapToDouble(i -> Math.exp(raw.logprob(i)) * Math.expm1(of(raw.token(i), bias)))
                .sum());
    }

    private static double of(Token token, Map<Integer, Double> bias) {
        return bias.getOrDefault(token.id(), 0.0);
    }

    private static double logprob(Candidates candidates, Token token) {
        int place = candidates.indexOf(token);
        return place < 0 ? Double.NaN : candidates.logprob(place);
    }
}
