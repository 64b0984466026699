package dev.trimtab.upstream;

import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.DraftEvent.Drawn;
import dev.trimtab.upstream.DraftEvent.Finished;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * One answer that the upstream is led along, call by call. No call is cut, since a server may go on with one that nobody
 * reads while the next one waits: each is as long as the last one followed the answer, or twice as long where that did not go
 * astray. llama.cpp answers a call as fast as it draws a token, so there each call is for one; and it shows its raw law
 * whatever is pushed, so the answer's next token is raised and drawn. Confined to one subscription.
 */
final class ForcedAnswer {
    private static final int FIRST = 16;

    private final Drafter drafter;
    private final DraftOptions options;
    private final Gold gold;
    private final EndRecords ends;
    private final boolean raises;
    private final RaisedToken raised;
    private final List<Step> steps = new ArrayList<>();
    private final boolean oneByOne;
    private int most;
    private boolean over;

    ForcedAnswer(Drafter drafter, DraftOptions options, Gold gold, Asked asked) {
        Capabilities able = asked.capabilities();
        this.drafter = drafter;
        this.options = options;
        this.gold = gold;
        this.ends = able.endRecords();
        this.raised = new RaisedToken(drafter, options, asked);
        this.oneByOne = able.isLlamaCpp();
        this.raises = oneByOne && able.hidesBias() && able.biasEntries() > 0 && !options.showsDrawn();
        this.most = oneByOne ? 1 : FIRST;
    }

    Mono<List<Step>> steps() {
        return Mono.defer(this::leg).repeat(() -> !over).then(Mono.fromSupplier(() -> List.copyOf(steps)));
    }

    private Mono<Void> leg() {
        Token next = raises ? gold.known() : null;
        return next == null ? drafted() : drawnFor(next);
    }

    /** One call: the step at which a known token is raised. */
    private Mono<Void> drawnFor(Token next) {
        return raised.step(prefix(), next)
                .defaultIfEmpty(new Step(next, Double.NaN, Candidates.NONE))
                .doOnNext(this::takes)
                .then();
    }

    /** One call: as many steps as the upstream writes of the answer, and the one at which it goes astray. */
    private Mono<Void> drafted() {
        int before = steps.size();
        int limit = Math.min(most, gold.mostLeft() + 1);
        boolean whole = limit > gold.mostLeft();
        return drafter.draft(prefix(), options.limitedTo(limit)).collectList().flatMap(events -> {
            DraftEvent last =
                    events.stream().filter(this::goesAstray).findFirst().orElseThrow();
            int taken = steps.size() - before;
            most = next(taken, taken == limit);
            boolean endUnseen = last instanceof Finished finished && !"length".equals(finished.reason());
            return endUnseen || (whole && taken == 0) ? unseen() : told(taken);
        });
    }

    /** How long the next call is; a character of several tokens needs more than one. */
    private int next(int taken, boolean allTaken) {
        if (taken == 0) {
            return 2 * most;
        }
        if (oneByOne) {
            return 1;
        }
        return allTaken ? 2 * most : taken;
    }

    /** Asks for what the last step does not show of its own token. */
    private Mono<Void> told(int taken) {
        if (taken == 0) {
            return Mono.empty();
        }
        int place = steps.size() - 1;
        Step last = steps.get(place);
        return raised.logprob(prefix().subList(0, place), last)
                .doOnNext(logprob -> steps.set(place, new Step(last.drawn(), logprob, last.candidates())))
                .then();
    }

    private List<Token> prefix() {
        return steps.stream().map(Step::drawn).toList();
    }

    private boolean goesAstray(DraftEvent event) {
        if (event instanceof Drawn drawn) {
            Step shown = drawn.step();
            return takes(drawn.opaque() ? new Step(shown.drawn(), Double.NaN, Candidates.NONE) : shown);
        }
        return event instanceof Finished;
    }

    /** The upstream has ended here, or says nothing: what it shows is read from a whole answer where that shows ends. */
    private Mono<Void> unseen() {
        Mono<Candidates> shown =
                ends == EndRecords.WHOLE_ONLY ? drafter.reread(prefix(), options) : Mono.just(Candidates.NONE);
        return shown.doOnNext(candidates -> takes(new Step(Token.END, Double.NaN, candidates)))
                .then();
    }

    /** Adds what a step shows of the answer's own token; true where the draft does not go on with that. */
    private boolean takes(Step shown) {
        over = gold.isOver();
        if (over) {
            steps.add(end(shown.candidates()));
            return true;
        }
        Token own = gold.next(shown, prefix());
        steps.add(new Step(own, logprob(own, shown), shown.candidates()));
        return !own.equals(shown.drawn());
    }

    /** The end of an answer, at a step that shows these candidates. */
    static Step end(Candidates candidates) {
        int place = candidates.indexOf(Token.END);
        return place < 0
                ? new Step(Token.END, Double.NaN, candidates)
                : new Step(candidates.token(place), candidates.logprob(place), candidates);
    }

    private static double logprob(Token token, Step shown) {
        if (token.equals(shown.drawn()) && !Double.isNaN(shown.logprob())) {
            return shown.logprob();
        }
        int place = shown.candidates().indexOf(token);
        return place < 0 ? Double.NaN : shown.candidates().logprob(place);
    }
}
