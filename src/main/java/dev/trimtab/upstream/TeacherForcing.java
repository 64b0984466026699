package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Drafter.DraftOptions;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Shows what an upstream thinks of answers that it did not write, token by token. Where it echoes prompts with what it
 * shows of drafts that is one call an answer; elsewhere it drafts, and where it goes astray it is asked anew behind the
 * answer's own token, of which it is made to tell what it did not show.
 */
public final class TeacherForcing {
    private final Upstream upstream;
    /** True once the server has said that it has no tokenizer to ask. */
    private volatile boolean untold;

    public TeacherForcing(Upstream upstream) {
        this.upstream = upstream;
    }

    /**
     * The shown law behind every prefix of an answer, at temperature 1 without truncation.
     *
     * @param request one prompt, a policy's preface in it; its own sampling is not looked at
     * @param answer the text that is followed, in the upstream's own tokens where these can be found out; elsewhere always
     *     the longest token shown that goes on with it
     * @param bias pushed, nats by token id
     * @return one step for each of the answer's tokens, drawn the token, and one for its end, drawn the token without
     *     bytes; the log-probability is NaN where it cannot be found out, and candidates may be missing; an {@link ApiException}
     *     where the upstream shows nothing or does not go on with an answer
     */
    public Mono<List<Step>> steps(GenerationRequest request, String answer, Map<Integer, Double> bias) {
        return steps(request, answer, able -> options(able, bias));
    }

    /** The same of the law that is drawn from, where the upstream shows that when it is asked. */
    Mono<List<Step>> drawnFrom(GenerationRequest request, String answer, Map<Integer, Double> bias) {
        return steps(request, answer, able -> drawn(bias));
    }

    private static DraftOptions drawn(Map<Integer, Double> bias) {
        return new DraftOptions(1, Truncation.NONE, null, null, bias, true);
    }

    /** What is shown of the law that is drawn from behind a prompt: nothing where it is not shown. */
    Mono<Candidates> firstDrawnFrom(GenerationRequest request, Map<Integer, Double> bias) {
        return Mono.defer(() -> upstream.asked(request.model())
                .drafter(request, request.json(), null)
                .reread(List.of(), drawn(bias)));
    }

    private Mono<List<Step>> steps(
            GenerationRequest request, String answer, Function<Capabilities, DraftOptions> chosen) {
        return Mono.defer(() -> {
            Asked asked = upstream.asked(request.model());
            Capabilities able = asked.capabilities();
            requireSteerable(able, request);
            Drafter drafter = asked.drafter(request, request.json(), null);
            DraftOptions options = chosen.apply(able);
            return tokens(able, request, answer).flatMap(tokens -> {
                Mono<List<Step>> forced = Mono.defer(
                        () -> new ForcedAnswer(drafter, options, new Gold(answer, tokens, asked), asked).steps());
                return able.echo() && !tokens.isEmpty()
                        ? drafter.echoed(tokens, options).switchIfEmpty(forced)
                        : forced;
            });
        });
    }

    static void requireSteerable(Capabilities able, GenerationRequest request) {
        String lacking = able.whyNotSteerable(request instanceof ChatRequest);
        if (lacking != null) {
            throw new ApiException(ErrorKind.POLICY_REFUSED, "The upstream lacks " + lacking + ".");
        }
    }

    /** Where what is shown does not depend on the draw, the likeliest tokens are drawn: they are followed the farthest. */
    private static DraftOptions options(Capabilities able, Map<Integer, Double> bias) {
        double temperature = able.shownLaw() == ShownLaw.DRAWN ? 1 : 0;
        return new DraftOptions(temperature, Truncation.NONE, null, null, bias);
    }

    /** The answer's tokens, or none where text is sent back or nobody can tell them. */
    private Mono<List<Token>> tokens(Capabilities able, GenerationRequest request, String answer) {
        if (able.continuation() != Continuation.TOKEN_IDS || untold) {
            return Mono.just(List.of());
        }
        return upstream.answerTokens(request.model()).of(answer).onErrorResume(ApiException.class, failure -> {
            untold = failure.refusesTheAsk();
            return untold ? Mono.just(List.of()) : Mono.error(failure);
        });
    }
}
