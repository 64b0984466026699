package dev.trimtab;

import dev.trimtab.training.OwnSamples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has an upstream write answers of its own. */
@Command(
        name = "samples",
        description = {
            "Have the upstream write answers of its own to prompts, at temperature 1 and unsteered, one a line: to train a",
            "language model on that a scorer begins with, or to mark what is unwanted in them."
        })
final class TrainSamplesCommand implements Callable<Integer> {
    @Mixin
    private AskingOptions asking = new AskingOptions();

    @Option(
            names = "--prompts",
            required = true,
            description = "Prompts, one a line: {\"messages\": [...]} or {\"prompt\": \"...\"}.")
    private Path prompts = Path.of("");

    @Option(names = "--out", required = true, description = "The file that is written, a new one.")
    private Path out = Path.of("");

    @Option(names = "--samples", defaultValue = "4", description = "Answers to a prompt. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(names = "--max-tokens", defaultValue = "64", description = "Of an answer. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Override
    public Integer call() {
        return CommandRun.status(() -> {
            require(samples, "--samples");
            require(maxTokens, "--max-tokens");
            requireNew(out);
            try (AskedUpstream asked = asking.open()) {
                int written = new OwnSamples(asking.model(asked), System.err::println)
                        .write(prompts, samples, maxTokens, out);
                System.out.println(written + " answers written to " + out);
            }
        });
    }

    /** What is there may have been marked by hand. */
    private static void requireNew(Path out) {
        if (Files.exists(out)) {
            throw new IllegalArgumentException(
                    "--out: " + out + " is there (expected: a new file; move that one away, or"
                            + " name another: what the upstream has shown is kept)");
        }
    }

    private static void require(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }
}
