package dev.trimtab;

import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.training.AdaptSettings;
import dev.trimtab.training.AdaptTraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Adapts a policy to new examples. */
@Command(
        name = "adapt",
        description = {
            "Adapt a policy's scorer and bias to new examples, training a part of their numbers.",
            "Where it has no scorer, its bias: the entries that it has or, where it has none, new ones.",
            "Where held-out examples gain no more than a standard error, nothing is written."
        })
final class TrainAdaptCommand implements Callable<Integer> {
    @Option(names = "--from", required = true, description = "A policy's name in config/policies, or its folder.")
    private Path from = Path.of("");

    @Mixin
    private AskingOptions asking = new AskingOptions();

    @Option(
            names = "--data",
            required = true,
            description =
                    "Examples, one a line: {\"messages\": [...] or \"prompt\": \"...\", \"completion\": \"...\"}.")
    private Path data = Path.of("");

    @Option(
            names = "--out",
            required = true,
            description = "The adapted policy's folder; a policy that is there is replaced.")
    private Path out = Path.of("");

    @Option(
            names = "--update",
            defaultValue = "all",
            description =
                    "What is trained: bias, head, biases, lora:RANK, mask:SHARE or all. Default: ${DEFAULT-VALUE}.")
    private String update = "all";

    @Option(
            names = "--nearness",
            defaultValue = "0.1",
            description = "Weight of the divergence from the policy as it was. Default: ${DEFAULT-VALUE}.")
    private double nearness;

    @Option(
            names = "--price",
            defaultValue = "0",
            description = "Nats that a replaced token is taken to cost. Default: ${DEFAULT-VALUE}.")
    private double price;

    @Option(names = "--int8", description = "Write 8-bit numbers: a quarter of the size, not to be adapted again.")
    private boolean int8;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of the split and the order. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        return CommandRun.status(() -> {
            Path policy = CommandRun.policy("--from", from);
            AdaptSettings settings =
                    new AdaptSettings(policy, data, out, update, nearness, price, int8, seed, CommandRun.version());
            try (AskedUpstream asked = asking.open(PolicyCatalogue.modelOf(policy))) {
                System.out.println(new AdaptTraining(settings, asking.model(asked), System.err::println).run());
            }
        });
    }
}
