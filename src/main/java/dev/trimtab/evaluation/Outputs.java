package dev.trimtab.evaluation;

import dev.trimtab.openai.GenerationRequest;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.AnswerPart;
import dev.trimtab.steering.Steering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Has answers written under policies, one after another, so that each takes as long as it does alone.
 *
 * @param temperature ≥ 0
 * @param maxTokens ≥ 1
 * @param seed of the first answer; the next ones follow
 */
record Outputs(Steering steering, String model, double temperature, int maxTokens, long seed) {

    /** One answer per input, in their order, every step explained. Blocks. */
    List<Output> of(Policy policy, List<Input> inputs, Runnable eachDone) {
        List<Output> outputs = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            GenerationRequest request = inputs.get(i).request(model, temperature, maxTokens, seed + i);
            long began = System.nanoTime();
            List<AnswerPart> parts = Objects.requireNonNull(
                    steering.steer(request, policy, null, true).collectList().block());
            outputs.add(Output.of(parts, Duration.ofNanos(System.nanoTime() - began)));
            eachDone.run();
        }
        return outputs;
    }
}
