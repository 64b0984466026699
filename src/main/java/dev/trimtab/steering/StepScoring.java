package dev.trimtab.steering;

import dev.trimtab.policy.Policy;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Session;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks every scorer of a policy about one choice's steps and sums what they say, each times its strength. */
final class StepScoring implements AutoCloseable {
    private final List<Opened> scorers;

    private record Opened(WeightedScorer weighted, Session session) {}

    /**
     * What the scorers say of one step's candidates.
     *
     * @param score Σ α·s, nats; −∞ forbids; NaN for a candidate that some scorer does not know
     * @param moving the part of it whose zero is the rest's
     */
    record Sum(double[] score, double[] moving) {
        static Sum zero(int candidates) {
            return new Sum(new double[candidates], new double[candidates]);
        }
    }

    StepScoring(Policy policy, Prompt prompt) {
        this.scorers = policy.scorers().stream()
                .filter(weighted -> weighted.strength() > 0)
                .map(weighted -> new Opened(weighted, weighted.scorer().open(prompt)))
                .toList();
    }

    /** True where no scorer is asked. */
    boolean isEmpty() {
        return scorers.isEmpty();
    }

    Mono<Sum> score(List<Token> prefix, Step step) {
        int k = step.candidates().size();
        if (scorers.isEmpty()) {
            return Mono.just(Sum.zero(k));
        }
        Window window = new Window(prefix, List.of(step));
        return Flux.fromIterable(scorers)
                .concatMap(opened -> opened.session().score(window).map(scores -> weighted(opened, scores[0])))
                .reduce(Sum.zero(k), StepScoring::plus);
    }

    private static Sum weighted(Opened opened, double[] scores) {
        double[] weighted = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            weighted[i] = scores[i] * opened.weighted().strength();
        }
        boolean moves = opened.weighted().scorer().zeroIsRest();
        return new Sum(weighted, moves ? weighted : new double[scores.length]);
    }

    private static Sum plus(Sum one, Sum other) {
        int k = one.score().length;
        Sum sum = Sum.zero(k);
        for (int i = 0; i < k; i++) {
            sum.score()[i] = one.score()[i] + other.score()[i];
            sum.moving()[i] = one.moving()[i] + other.moving()[i];
        }
        return sum;
    }

    @Override
    public void close() {
        scorers.forEach(opened -> opened.session().close());
    }
}
