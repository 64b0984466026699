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

/** One answer that the upstream is led along, call by call. Confined to one subscription. */
final class ForcedAnswer {
    private static final Token END = new Token(Token.NO_ID, new byte[0]);

    private final Drafter drafter;
    private final DraftOptions options;
    private final Gold gold;
    private final EndRecords ends;
    private final boolean held;
    private final List<Step> steps = new ArrayList<>();
    private boolean over;

    /** @param held whether the upstream can be held to a text */
    ForcedAnswer(Drafter drafter, DraftOptions options, Gold gold, EndRecords ends, boolean held) {
        this.drafter = drafter;
        this.options = options;
        this.gold = gold;
        this.ends = ends;
        this.held = held;
    }

    Mono<List<Step>> steps() {
        return Mono.defer(this::leg).repeat(() -> !over).then(Mono.fromSupplier(() -> List.copyOf(steps)));
    }

    /** One call: as many steps as the upstream writes of the answer, and the one at which it goes astray. */
    private Mono<Void> leg() {
        int before = steps.size();
        DraftOptions led = held ? options.heldTo(gold.left()) : options;
        return drafter.draft(prefix(), led.limitedTo(gold.mostLeft() + 1))
                .takeUntil(this::goesAstray)
                .last()
                .flatMap(last -> {
                    boolean endUnseen = last instanceof Finished finished && !"length".equals(finished.reason());
                    return endUnseen || steps.size() == before ? unseen() : Mono.empty();
                });
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
        return shown.doOnNext(candidates -> takes(new Step(END, Double.NaN, candidates)))
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
        int place = candidates.indexOf(END);
        return place < 0
                ? new Step(END, Double.NaN, candidates)
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
