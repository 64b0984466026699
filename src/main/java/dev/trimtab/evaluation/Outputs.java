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
 * Has answers written under policies, one after another and by turns, so that each takes as long as it does alone and all
 * of them meet the same machine.
 */
record Outputs(Steering steering, String model, Provenance.Settings settings) {

    /** For each policy one answer per input, in their order, every step explained. Blocks. */
    List<List<Output>> of(List<Policy> policies, List<Input> inputs, Runnable eachDone) {
        List<List<Output>> outputs = new ArrayList<>();
        for (Policy policy : policies) {
            outputs.add(new ArrayList<>());
            if (!inputs.isEmpty()) {
                of(policy, inputs.get(0), 0);
            }
        }
        for (int i = 0; i < inputs.size(); i++) {
            for (int j = 0; j < policies.size(); j++) {
                outputs.get(j).add(of(policies.get(j), inputs.get(i), i));
                eachDone.run();
            }
        }
        return outputs;
    }

    private Output of(Policy policy, Input input, int index) {
        GenerationRequest request =
                input.request(model, settings.temperature(), settings.maxTokens(), settings.seed() + index);
        long began = System.nanoTime();
        List<AnswerPart> parts = Objects.requireNonNull(
                steering.steer(request, policy, null, true).collectList().block());
        return Output.of(parts, Duration.ofNanos(System.nanoTime() - began));
    }
}
