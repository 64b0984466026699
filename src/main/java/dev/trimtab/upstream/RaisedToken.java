package dev.trimtab.upstream;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.DraftEvent.Drawn;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Asks an upstream how likely a token is that a step does not show: raised by a bias far above all others it is shown, and
 * what the bias does to the law is known.
 *
 * @param options of the steps
 */
record RaisedToken(Drafter drafter, DraftOptions options, Asked asked) {
    private static final double RAISE = 100;

    /**
     * The log-probability of a step's drawn token by the law that the step shows, nats.
     *
     * @param prefix the tokens before the step
     * @return nothing where the step shows it, or shows nothing, or where the upstream cannot be told of the token
     */
    Mono<Double> logprob(List<Token> prefix, Step step) {
        int id = id(step.drawn());
        boolean shown = !Double.isNaN(step.logprob()) || step.candidates().isEmpty();
        if (shown
                || id == Token.NO_ID
                || options.showsDrawn()
                || asked.capabilities().biasEntries() == 0) {
            return Mono.empty();
        }
        return step(prefix, step.drawn())
                .map(raised -> asked.capabilities().hidesBias()
                        ? raw(step.drawn(), raised)
                        : biased(step, raised.candidates()))
                .filter(logprob -> !Double.isNaN(logprob));
    }

    /** The step at which a token is raised and nothing else is pushed, or nothing where it shows nothing. */
    Mono<Step> step(List<Token> prefix, Token token) {
        Map<Integer, Double> raise = Map.of(id(token), RAISE);
        return drafter.draft(prefix, new DraftOptions(options.temperature(), Truncation.NONE, 1, null, raise))
                .ofType(Drawn.class)
                .filter(drawn -> !drawn.opaque())
                .map(Drawn::step)
                .reduce((only, none) -> only);
    }

    private int id(Token token) {
        return token.isEnd() || token.id() != Token.NO_ID ? token.id() : asked.idOf(token.bytes());
    }

    /** A bias is not seen in what is shown. */
    private static double raw(Token own, Step raised) {
        return own.equals(raised.drawn()) ? raised.logprob() : Double.NaN;
    }

    /** By a token that is shown with the raise and without it: odds change by biases alone. */
    private double biased(Step step, Candidates raised) {
        int own = raised.indexOf(step.drawn());
        Candidates shown = step.candidates();
        for (int i = 0; i < shown.size() && own >= 0; i++) {
            int place = raised.indexOf(shown.token(i));
            if (place >= 0) {
                double odds = raised.logprob(own) - RAISE - raised.logprob(place);
                return Math.min(0, shown.logprob(i) + odds + bias(step.drawn()) - bias(shown.token(i)));
            }
        }
        return Double.NaN;
    }

    private double bias(Token token) {
        return options.bias().getOrDefault(id(token), 0.0);
    }
}
