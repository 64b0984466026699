package dev.trimtab.training;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The laws that a pushed bias b makes of lessons' shown laws d, at temperature 1, with S the shown candidates:
 *
 * <pre>p(v) = d(v)·e^{b(v)} / Z,  Z = Σ_S d·e^b + (1 − Σ_S d)·Σ_{v∉S} q(v)·e^{b(v)} / Σ_{v∉S} q(v)</pre>
 *
 * <p>How the rest's share divides among tokens that are not shown is not seen. It is taken to divide as the background q
 * does: the mean of all steps' laws, what they do not show of it spread evenly over all known tokens, since most of a rare
 * token's mass is where it is not shown; and beside it tokens that are shown nowhere, with the share that they have of the
 * wanted tokens outside S. A wanted token outside S whose log-probability is not shown counts for q as half of what it
 * could weigh at the most. Steps that show nothing are left out.
 */
final class ShownLaws {
    private static final double LEAST = 1e-9;

    /**
     * One step; tokens are numbered.
     *
     * @param lesson its lesson
     * @param shown of S
     * @param weights d of S
     * @param rest 1 − Σ_S d, > 0
     * @param hidden Σ_{v∉S} q(v), > 0
     * @param gold the wanted token
     * @param base its log-probability without bias, nats
     */
    record Law(int lesson, int[] shown, double[] weights, double rest, double hidden, int gold, double base) {}

    private final List<Token> tokens = new ArrayList<>();
    private final Map<Token, Integer> numbers = new HashMap<>();
    private final List<Law> laws = new ArrayList<>();
    private final double[] background;
    /** Σ q over all tokens, those that are shown nowhere included. */
    private final double whole;

    private final int lessons;

    ShownLaws(List<Lesson> lessons) {
        this.lessons = lessons.size();
        List<Step> steps = new ArrayList<>();
        List<Integer> of = new ArrayList<>();
        for (int i = 0; i < lessons.size(); i++) {
            for (Step step : lessons.get(i).steps()) {
                if (!step.candidates().isEmpty()) {
                    steps.add(step);
                    of.add(i);
                    number(step);
                }
            }
        }
        this.background = background(steps);
        this.whole = whole(steps);
        for (int i = 0; i < steps.size(); i++) {
            laws.add(law(of.get(i), steps.get(i)));
        }
    }

    private void number(Step step) {
        number(step.drawn());
        IntStream.range(0, step.candidates().size())
                .forEach(i -> number(step.candidates().token(i)));
    }

    private int number(Token token) {
        return numbers.computeIfAbsent(token, added -> {
            tokens.add(added);
            return tokens.size() - 1;
        });
    }

    private double[] background(List<Step> steps) {
        double[] sums = new double[tokens.size()];
        double rests =
                steps.stream().mapToDouble(step -> rest(step.candidates())).sum();
        Arrays.fill(sums, rests / sums.length);
        for (Step step : steps) {
            Candidates shown = step.candidates();
            for (int i = 0; i < shown.size(); i++) {
                sums[number(shown.token(i))] += Math.exp(shown.logprob(i));
            }
            if (shown.indexOf(step.drawn()) < 0) {
                double most = Math.min(rest(shown), Math.exp(shown.logprob(shown.size() - 1)));
                sums[number(step.drawn())] += Double.isNaN(step.logprob()) ? most / 2 : Math.exp(step.logprob());
            }
        }
        return Arrays.stream(sums).map(sum -> sum / steps.size()).toArray();
    }

    private double whole(List<Step> steps) {
        boolean[] seen = new boolean[tokens.size()];
        double known = Arrays.stream(background).sum();
        double hidden = 0;
        for (Step step : steps) {
            hidden += known;
            for (int i = 0; i < step.candidates().size(); i++) {
                int v = number(step.candidates().token(i));
                seen[v] = true;
                hidden -= background[v];
            }
        }
        double outside = 2;
        double nowhere = 1;
        for (Step step : steps) {
            if (step.candidates().indexOf(step.drawn()) < 0) {
                outside++;
                nowhere += seen[number(step.drawn())] ? 0 : 1;
            }
        }
        double share = nowhere / outside;
        return known + share / (1 - share) * hidden / Math.max(1, steps.size());
    }

    private static double rest(Candidates shown) {
        double rest = 1;
        for (int i = 0; i < shown.size(); i++) {
            rest -= Math.exp(shown.logprob(i));
        }
        return Math.max(LEAST, rest);
    }

    private Law law(int lesson, Step step) {
        Candidates candidates = step.candidates();
        int[] shown = new int[candidates.size()];
        double[] weights = new double[shown.length];
        double hidden = whole;
        for (int i = 0; i < shown.length; i++) {
            shown[i] = number(candidates.token(i));
            weights[i] = Math.exp(candidates.logprob(i));
            hidden -= background[shown[i]];
        }
        hidden = Math.max(LEAST, hidden);
        int gold = number(step.drawn());
        double rest = rest(candidates);
        double unseen = Math.log(rest) + Math.log(Math.max(LEAST, background[gold]) / hidden);
        int place = candidates.indexOf(step.drawn());
        double base = place >= 0
                ? candidates.logprob(place)
                : Double.isNaN(step.logprob()) ? Math.min(0, unseen) : step.logprob();
        return new Law(lesson, shown, weights, rest, hidden, gold, base);
    }

    /** q of a token; 0 where it is not known. */
    double share(Token token) {
        Integer number = numbers.get(token);
        return number == null ? 0 : background[number];
    }

    /** Σ_{v∉S} q(v) > 0 of some tokens S. */
    double hidden(List<Token> shown) {
        return Math.max(LEAST, whole - shown.stream().mapToDouble(this::share).sum());
    }

    /** How many tokens are known. */
    int size() {
        return tokens.size();
    }

    Token token(int number) {
        return tokens.get(number);
    }

    /** The laws under a bias, nats by token number. */
    Sums under(double[] bias) {
        return new Sums(bias);
    }

    /** What all laws under a bias come to. */
    final class Sums {
        private final double[] factors;
        private final double[] nats = new double[lessons];
        private final int[] steps = new int[lessons];
        private final double[] expected;
        private final double[] observed;

        private Sums(double[] bias) {
            this.factors = Arrays.stream(bias).map(Math::exp).toArray();
            this.expected = new double[factors.length];
            this.observed = new double[factors.length];
            double moved = 0;
            for (int v = 0; v < factors.length; v++) {
                moved += background[v] * (factors[v] - 1);
            }
            double[] hidden = new double[factors.length];
            double all = 0;
            for (Law law : laws) {
                all += add(law, bias, moved, hidden);
            }
            for (int v = 0; v < factors.length; v++) {
                expected[v] += background[v] * factors[v] * (all - hidden[v]);
            }
        }

        /** Returns what one unit of background weighs in this law where it is not shown. */
        private double add(Law law, double[] bias, double moved, double[] hidden) {
            double inside = 0;
            double outside = moved;
            for (int i = 0; i < law.shown.length; i++) {
                int v = law.shown[i];
                inside += law.weights[i] * factors[v];
                outside -= background[v] * (factors[v] - 1);
            }
            double total = inside + law.rest * Math.max(LEAST, 1 + outside / law.hidden);
            double unit = law.rest / (total * law.hidden);
            for (int i = 0; i < law.shown.length; i++) {
                int v = law.shown[i];
                expected[v] += law.weights[i] * factors[v] / total;
                hidden[v] += unit;
            }
            observed[law.gold]++;
            nats[law.lesson] -= law.base + bias[law.gold] - Math.log(total);
            steps[law.lesson]++;
            return unit;
        }

        /** −Σ log p(gold), nats. */
        double loss() {
            return Arrays.stream(nats).sum();
        }

        /** −Σ log p(gold) of each lesson, nats. */
        double[] nats() {
            return nats;
        }

        /** How many steps each lesson has. */
        int[] steps() {
            return steps;
        }

        /** Σ p of each token, in all laws. */
        double[] expected() {
            return expected;
        }

        /** How often each token was the wanted one. */
        double[] observed() {
            return observed;
        }
    }
}
