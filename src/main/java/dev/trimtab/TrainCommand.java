package dev.trimtab;

import dev.trimtab.openai.ApiException;
import dev.trimtab.training.PluginSettings;
import dev.trimtab.training.PluginTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits policies to examples. */
@Command(
        name = "train",
        description = "Fit a policy to examples.",
        subcommands = {
            TrainCommand.Plugin.class,
            TrainNegativeCommand.class,
            TrainAdaptCommand.class,
            TrainLanguageModelCommand.class
        })
final class TrainCommand {
    /** The levers of one policy, cheapest first. */
    @Command(
            name = "plugin",
            description = {
                "Make a policy of wanted answers: examples before the conversation and a pushed bias, as far as each pays.",
                "What the upstream shows of the examples is kept, so that a second training asks for nothing anew.",
                "The upstream's key is read from the environment (TRIMTAB_UPSTREAM_API_KEY) or the configuration."
            })
    static final class Plugin implements Callable<Integer> {
        @Option(
                names = "--upstream",
                description = "demo, or an API's URL up to and including the version. Default: ${DEFAULT-VALUE}.")
        private String place = DemoUpstream.NAME;

        @Option(names = "--model", description = "The model. Default: the configured one, else the first listed.")
        private @Nullable String model;

        @Option(
                names = "--data",
                description = "{\"messages\": [...] or \"prompt\": \"...\", \"completion\": \"...\"}, one a line."
                        + " Default: ${DEFAULT-VALUE}.")
        private Path data = Path.of("examples.jsonl");

        @Option(names = "--out", description = "The policy's folder. Default: ${DEFAULT-VALUE}.")
        private Path out = Path.of("config/policies/fitted");

        @Option(
                names = "--preface",
                description = "The most examples before a conversation. Default: ${DEFAULT-VALUE}.")
        private int preface;

        @Option(names = "--bias", description = "The most entries of the bias. Default: ${DEFAULT-VALUE}.")
        private int bias = 300;

        @Option(names = "--seed", description = "Of splits and choices. Default: ${DEFAULT-VALUE}.")
        private long seed = 1;

        @Option(
                names = "--at-once",
                description = "How many examples are asked about at a time. Default: ${DEFAULT-VALUE}.")
        private int atOnce = 8;

        @Option(
                names = "--top-logprobs",
                description = "As if the upstream showed no more candidates than this. Default: all that it shows.")
        private @Nullable Integer topLogprobs;

        @Option(names = "--cache", description = "Where what was shown is kept. Default: ${DEFAULT-VALUE}.")
        private Path cache = Path.of("data/shown");

        @Override
        public Integer call() {
            try (AskedUpstream asked = AskedUpstream.open(place, model, topLogprobs)) {
                System.out.print(
                        new PluginTraining(settings(asked), asked.upstream(), asked::calls, System.err::println).run());
                return 0;
            } catch (IllegalArgumentException | ApiException | IOException failure) {
                System.err.println(failure instanceof IOException ? failure.toString() : failure.getMessage());
                return 1;
            }
        }

        private PluginSettings settings(AskedUpstream asked) {
            String version = TrainCommand.class.getPackage().getImplementationVersion();
            return new PluginSettings(
                    data,
                    out,
                    cache,
                    preface,
                    bias,
                    atOnce,
                    seed,
                    asked.upstream().name(),
                    asked.model(),
                    asked.fingerprint(),
                    Objects.requireNonNullElse(version, "unreleased"));
        }
    }
}
