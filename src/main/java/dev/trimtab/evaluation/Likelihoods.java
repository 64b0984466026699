package dev.trimtab.evaluation;

import dev.trimtab.openai.ChatRequest;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.GivenAnswers;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.ShownAnswers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Has the upstream show its law along wanted answers, and reads off it how likely a policy makes them. */
final class Likelihoods {
    private final ShownAnswers shown;
    private final GivenAnswers answers;
    private final String model;
    private final int atOnce;
    private final LongAdder asked = new LongAdder();

    Likelihoods(ShownAnswers shown, GivenAnswers answers, String model, int atOnce) {
        this.shown = shown;
        this.answers = answers;
        this.model = model;
        this.atOnce = atOnce;
    }

    /** One entry per input, in their order. Blocks. */
    List<Likelihood> of(Policy policy, List<Input> inputs, Runnable eachDone) {
        return Objects.requireNonNull(Flux.fromIterable(inputs)
                .flatMapSequential(input -> of(policy, input).doOnSuccess(done -> eachDone.run()), atOnce)
                .collectList()
                .block());
    }

    private Mono<Likelihood> of(Policy policy, Input input) {
        GenerationRequest request = input.request(model, 1, 1, 0);
        Map<Integer, Double> bias = answers.shownBias(request, policy);
        GenerationRequest prefaced = request instanceof ChatRequest chat
                ? new ChatRequest(Steering.prefaced(chat.json(), policy), chat.messages(), chat.sampling())
                : request;
        return Flux.fromIterable(input.references())
                .concatMap(reference -> shown.of(prefaced, reference, bias)
                        .doOnNext(one -> asked.add(one.known() ? 0 : 1))
                        .flatMap(one -> answers.weigh(request, policy, one.steps())))
                .map(Likelihood::of)
                .reduce(Likelihood.NONE, Likelihood::plus);
    }

    /** How many answers the upstream was asked about; the others were known. */
    long asked() {
        return asked.sum();
    }
}
