package dev.trimtab;

import dev.trimtab.training.NegativeSettings;
import dev.trimtab.training.NegativeTraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a policy that avoids something. */
@Command(
        name = "negative",
        description = {
            "Make a policy that avoids what is unwanted in the upstream's own answers and leaves all else as it is",
            "(Targeted Negative Training). What is unwanted is said by rules, for answers that the upstream writes to",
            "--prompts, or by marked spans of answers that are there.",
            "What the upstream shows is kept, so that a second training asks for nothing anew."
        })
final class TrainNegativeCommand implements Callable<Integer> {
    @Mixin
    private AskingOptions asking = new AskingOptions();

    @Option(names = "--prompts", description = "Prompts, one a line: {\"messages\": [...]} or {\"prompt\": \"...\"}.")
    private @Nullable Path prompts;

    @Option(names = "--reject", description = "A file of rules, as negative.rules of a policy: what is unwanted.")
    private @Nullable Path reject;

    @Option(
            names = "--labels",
            description =
                    "Instead of both, answers, one a line, with spans of unwanted characters: {\"messages\": [...]"
                            + " or \"prompt\": \"...\", \"completion\": \"...\", \"spans\": [[start, end], ...]}.")
    private @Nullable Path labels;

    @Option(names = "--out", required = true, description = "The policy's folder; a policy that is there is replaced.")
    private Path out = Path.of("");

    @Option(names = "--samples", defaultValue = "4", description = "Answers to a prompt. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(names = "--max-tokens", defaultValue = "64", description = "Of an answer. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--loss",
            defaultValue = "tnff",
            description =
                    "tnff, tnrr, tnrf, tnfll, tnrll, nl or ul. Default: ${DEFAULT-VALUE}; it and tnrr and tnrf leave"
                            + " least of what is unwanted.")
    private String loss = "";

    @Option(
            names = "--alpha",
            defaultValue = "1",
            description = "Weight of steps with something unwanted. Default: ${DEFAULT-VALUE}.")
    private double alpha;

    @Option(
            names = "--tokenizer",
            description =
                    "The scorer's tokenizer.json, a byte-level BPE's. Default: the upstream's, where it is known.")
    private @Nullable Path tokenizer;

    @Option(
            names = "--template",
            description = "Special tokens before and after a message, by role, JSON. Default: those the tokenizer has.")
    private @Nullable String template;

    @Option(names = "--layers", defaultValue = "1", description = "Of the scorer. Default: ${DEFAULT-VALUE}.")
    private int layers;

    @Option(names = "--width", defaultValue = "64", description = "Of a token's vector. Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(names = "--context", defaultValue = "512", description = "The most tokens. Default: ${DEFAULT-VALUE}.")
    private int context;

    @Option(names = "--int8", description = "Write the scorer in 8-bit numbers: a quarter of the size.")
    private boolean int8;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of the split, the order and the first weights; the samples stay. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        return CommandRun.status(() -> {
            try (AskedUpstream asked = asking.open()) {
                System.out.print(new NegativeTraining(settings(asked), asking.model(asked), System.err::println).run());
            }
        });
    }

    private NegativeSettings settings(AskedUpstream asked) {
        return new NegativeSettings(
                prompts,
                reject,
                labels,
                out,
                tokenizer == null ? asked.tokenizer() : tokenizer,
                template,
                samples,
                maxTokens,
                loss,
                alpha,
                layers,
                width,
                context,
                int8,
                seed,
                CommandRun.version());
    }
}
