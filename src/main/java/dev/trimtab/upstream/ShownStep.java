package dev.trimtab.upstream;

import dev.trimtab.openai.TokenLogprob;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The candidates of one step, the likeliest first.
 *
 * @param top only those that have a log-probability
 */
record ShownStep(List<TokenLogprob> top) {
    private static final double NOT_LISTED = -9999;

    static ShownStep of(ProbeAnswer answer) {
        return new ShownStep(answer.drawn().top().stream()
                .filter(candidate -> candidate.logprob() > NOT_LISTED)
                .sorted(Comparator.comparing(candidate -> -candidate.logprob()))
                .toList());
    }

    int size() {
        return top.size();
    }

    /** The place of a token among the candidates, from 0; their number where it is none of them. */
    int place(TokenLogprob token) {
        for (int i = 0; i < top.size(); i++) {
            if (same(top.get(i), token)) {
                return i;
            }
        }
        return top.size();
    }

    static boolean same(TokenLogprob a, TokenLogprob b) {
        boolean named = a.id() >= 0 && b.id() >= 0;
        return named ? a.id() == b.id() : Arrays.equals(a.bytes(), b.bytes());
    }

    /** How much less likely a candidate is than the first, nats ≤ 0. */
    double behindFirst(int place) {
        return top.get(place).logprob() - top.get(0).logprob();
    }

    /** Probability of each candidate at temperature 1. */
    double[] shares() {
        return top.stream()
                .mapToDouble(candidate -> Math.exp(candidate.logprob()))
                .toArray();
    }

    /**
     * The most that the first candidates can weigh together at a temperature ≥ 1. What is not shown weighs the least where
     * it is as concentrated as it can be: each token as likely as the last one shown.
     */
    double shareAtMost(int count, double temperature) {
        double[] shares = shares();
        double unseen = Math.max(0, 1 - Arrays.stream(shares).sum());
        double last = shares[shares.length - 1];
        double weight = unseen * Math.pow(last, 1 / temperature - 1);
        double first = 0;
        for (int i = 0; i < shares.length; i++) {
            double tempered = Math.pow(shares[i], 1 / temperature);
            weight += tempered;
            first += i < count ? tempered : 0;
        }
        return first / weight;
    }
}
