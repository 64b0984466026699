package dev.trimtab.steering;

import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Prompt;
import dev.trimtab.scoring.Session;
import dev.trimtab.scoring.Session.ContextExceededException;
import dev.trimtab.scoring.Session.Window;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks every scorer of a policy about one choice's steps and sums what they say, each times its strength. */
final class StepScoring implements AutoCloseable {
    private final List<Opened> scorers;

    private record Opened(WeightedScorer weighted, Session session, boolean moves) {}

    /**
     * What the scorers say of one step's candidates.
     *
     * @param score Σ α·s, nats; −∞ forbids; NaN for a candidate that some scorer does not know
     * @param moving the part of it that is measured against the rest, whose score is 0
     */
    record Sum(double[] score, double[] moving) {
        static Sum zero(int candidates) {
            return new Sum(new double[candidates], new double[candidates]);
        }
    }

    StepScoring(SessionPlan plan, Prompt prompt) {
        this.scorers = plan.policy().scorers().stream()
                .filter(weighted -> weighted.strength() > 0)
                .map(weighted ->
                        new Opened(weighted, weighted.scorer().open(prompt), plan.movesShares(weighted.scorer())))
                .toList();
    }

    /** True where no scorer is asked. */
    boolean isEmpty() {
        return scorers.isEmpty();
    }

    Mono<Sum> score(List<Token> prefix, Step step) {
        return score(prefix, List.of(step)).map(sums -> sums.get(0));
    }

    /** What the scorers say of consecutive steps, each read as if those before it stood. */
    Mono<List<Sum>> score(List<Token> prefix, List<Step> steps) {
        List<Sum> none =
                steps.stream().map(step -> Sum.zero(step.candidates().size())).toList();
        if (scorers.isEmpty() || steps.isEmpty()) {
            return Mono.just(none);
        }
        Window window = new Window(prefix, steps);
        return Flux.fromIterable(scorers)
                .concatMap(opened -> opened.session().score(window).map(scores -> weighted(opened, scores)))
                .reduce(none, StepScoring::plus);
    }

    /** What the scorers say of an answer's steps, up to the one at which it has outgrown a scorer's context. */
    Mono<List<Sum>> scoreAsFarAsRead(List<Step> steps) {
        List<Token> tokens = steps.stream().map(Step::drawn).toList();
        return score(List.of(), steps)
                .onErrorResume(ContextExceededException.class, outgrown -> Flux.range(0, steps.size())
                        .concatMap(i -> score(tokens.subList(0, i), steps.get(i)))
                        .onErrorComplete(ContextExceededException.class)
                        .collectList());
    }

    /**
     * Σ α·s over a text, each scorer reading its own tokens, nats; a token that a scorer does not know counts 0.
     *
     * @param ended whether the end behind the text was drawn
     */
    Mono<Double> scoreText(String text, boolean ended) {
        return Flux.fromIterable(scorers)
                .concatMap(opened -> scoreText(opened, text, ended))
                .reduce(0.0, Double::sum);
    }

    /** The tokens of a text as the first scorer that has a tokenizer cuts it, or none. */
    List<Token> tokens(String text) {
        return scorers.stream()
                .map(opened -> opened.weighted().scorer().tokens(text))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(List.of());
    }

    private static Mono<Double> scoreText(Opened opened, String text, boolean ended) {
        List<Token> known = opened.weighted().scorer().tokens(text);
        List<Token> tokens = new ArrayList<>(known == null ? List.of() : known);
        if (ended) {
            tokens.add(Token.END);
        }
        if (tokens.isEmpty()) {
            return Mono.just(0.0);
        }
        List<Step> steps = tokens.stream().map(StepScoring::alone).toList();
        return opened.session().score(new Window(List.of(), steps)).map(scores -> Stream.of(scores)
                .mapToDouble(of ->
                        Double.isNaN(of[0]) ? 0 : of[0] * opened.weighted().strength())
                .sum());
    }

    private static Step alone(Token token) {
        return new Step(token, Double.NaN, new Candidates(new Token[] {token}, new double[1]));
    }

    private static List<Sum> weighted(Opened opened, double[][] scores) {
        return Stream.of(scores).map(ofStep -> weighted(opened, ofStep)).toList();
    }

    private static Sum weighted(Opened opened, double[] scores) {
        double[] weighted = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            weighted[i] = scores[i] * opened.weighted().strength();
        }
        return new Sum(weighted, opened.moves() ? weighted : new double[scores.length]);
    }

    private static List<Sum> plus(List<Sum> one, List<Sum> other) {
        return IntStream.range(0, one.size())
                .mapToObj(i -> plus(one.get(i), other.get(i)))
                .toList();
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
