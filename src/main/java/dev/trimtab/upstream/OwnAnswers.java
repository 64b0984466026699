package dev.trimtab.upstream;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.DraftEvent.Drawn;
import dev.trimtab.upstream.DraftEvent.Finished;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Has an upstream write answers as it does by itself: at temperature 1, without truncation. */
record OwnAnswers(Upstream upstream) {
    /**
     * One answer.
     *
     * @param seed where the upstream honours it
     * @return the steps of its tokens, and of its end where it ends by itself
     */
    Mono<List<Step>> steps(GenerationRequest request, int seed, int maxTokens) {
        return Mono.defer(() -> {
            Asked asked = upstream.asked(request.model());
            TeacherForcing.requireSteerable(asked.capabilities(), request);
            return asked.drafter(request, request.json(), null)
                    .draft(List.of(), new DraftOptions(1, Truncation.NONE, maxTokens, seed, Map.of()))
                    .collectList()
                    .map(OwnAnswers::steps);
        });
    }

    private static List<Step> steps(List<DraftEvent> events) {
        List<Step> steps = new ArrayList<>();
        boolean ends = false;
        for (DraftEvent event : events) {
            if (event instanceof Drawn drawn) {
                steps.add(shown(drawn));
                ends = drawn.step().drawn().isEnd();
            } else if (event instanceof Finished finished && finished.reason().equals("stop") && !ends) {
                steps.add(new Step(Token.END, Double.NaN, Candidates.NONE));
            }
        }
        return steps;
    }

    /** A record of several tokens shows nothing of the others that might have come. */
    private static Step shown(Drawn drawn) {
        return drawn.opaque() ? new Step(drawn.step().drawn(), Double.NaN, Candidates.NONE) : drawn.step();
    }
}
