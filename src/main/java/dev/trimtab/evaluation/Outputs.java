package dev.trimtab.evaluation;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Steering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Has answers written under policies, one after another and by turns, so that each takes as long as it does alone and all
 * of them meet the same machine.
 */
record Outputs(Steering steering, String model, Provenance.Settings settings) {
    /** Answers before those that count: the first are slow. */
    private static final int WARMING_UP = 1;

    /**
     * One answer per input, in their order, every step explained, by contender; one that a policy lets fail is a failed
     * one. Blocks.
     *
     * @param failed is told of a contender that the upstream refuses; its answers are left out
     */
    Map<Contender, List<Output>> of(
            List<Contender> contenders,
            List<Input> inputs,
            Runnable eachDone,
            BiConsumer<Contender, ApiException> failed) {
        Map<Contender, List<Output>> outputs = new LinkedHashMap<>();
        contenders.forEach(contender -> outputs.put(contender, new ArrayList<>()));
        for (int i = -WARMING_UP; i < inputs.size(); i++) {
            for (Contender contender : List.copyOf(outputs.keySet())) {
                try {
                    Output output = of(contender.policy(), inputs.get(Math.max(0, i)), i);
                    if (i >= 0) {
                        Objects.requireNonNull(outputs.get(contender)).add(output);
                        eachDone.run();
                    }
                } catch (ApiException refused) {
                    outputs.remove(contender);
                    failed.accept(contender, refused);
                }
            }
        }
        return outputs;
    }

    private Output of(Policy policy, Input input, int index) {
        GenerationRequest request =
                input.request(model, settings.temperature(), settings.maxTokens(), settings.seed() + index);
        long began = System.nanoTime();
        try {
            List<AnswerPart> parts = Objects.requireNonNull(steering.steer(request, policy, null, true)
                    .parts()
                    .collectList()
                    .block());
            return Output.of(parts, since(began));
        } catch (ApiException failure) {
            if (!Steering.FAILED.equals(failure.code())) {
                throw failure;
            }
            return Output.failed(String.valueOf(failure.getMessage()), since(began));
        }
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
