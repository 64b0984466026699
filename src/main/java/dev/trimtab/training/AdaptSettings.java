package dev.trimtab.training;

import java.nio.file.Path;

/**
 * What a policy is adapted to, and how.
 *
 * @param from the policy's folder
 * @param data wanted answers, one JSON object a line
 * @param out the adapted policy's folder
 * @param update what is trained: bias, head, biases, lora:RANK, mask:SHARE or all
 * @param nearness ≥ 0, the weight of KL(before ‖ after), nats per token
 * @param price ≥ 0, nats per unit of suppressed mass
 * @param int8 whether the scorer is written in 8-bit numbers, which cannot be adapted again
 * @param seed of the split and the order
 * @param version of this program
 */
public record AdaptSettings(
        Path from,
        Path data,
        Path out,
        String update,
        double nearness,
        double price,
        boolean int8,
        long seed,
        String version) {
    public AdaptSettings {
        Required.weight("nearness", nearness);
        Required.weight("price", price);
    }
}
