package dev.trimtab;

import dev.trimtab.openai.ApiException;
import dev.trimtab.training.PluginSettings;
import dev.trimtab.training.PluginTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits policies to examples. */
@Command(name = "train", description = "Fit a policy to examples.")
final class TrainCommand {
    private static final String UNRELEASED = "unreleased";

    /** The levers of one policy, cheapest first. */
    @Command(
            name = "plugin",
            description = {
                "Make a policy of wanted answers: examples before the conversation and a pushed bias, each as far as it pays.",
                "What the upstream shows of the examples is kept, so that a second training asks for nothing anew.",
                "The upstream's key is read from the environment (TRIMTAB_UPSTREAM_API_KEY) or the configuration."
            })
    int plugin(
            @Option(
                            names = "--upstream",
                            required = true,
                            description = "demo, or an API's URL up to and including the version.")
                    String place,
            @Option(names = "--model", description = "The model. Default: the configured one, else the first listed.")
                    @Nullable
                    String model,
            @Option(
                            names = "--data",
                            required = true,
                            description =
                                    "Examples, one a line: {\"messages\": [...] or \"prompt\": \"...\", \"completion\": \"...\"}.")
                    Path data,
            @Option(names = "--out", required = true, description = "The policy's folder, e.g. config/policies/NAME.")
                    Path out,
            @Option(
                            names = "--preface",
                            defaultValue = "0",
                            description = "The most examples before a conversation. Default: ${DEFAULT-VALUE}.")
                    int preface,
            @Option(
                            names = "--bias",
                            defaultValue = "300",
                            description = "The most entries of the bias. Default: ${DEFAULT-VALUE}.")
                    int bias,
            @Option(
                            names = "--seed",
                            defaultValue = "1",
                            description = "Of splits and choices. Default: ${DEFAULT-VALUE}.")
                    long seed,
            @Option(
                            names = "--at-once",
                            defaultValue = "8",
                            description = "How many examples are asked about at a time. Default: ${DEFAULT-VALUE}.")
                    int atOnce,
            @Option(
                            names = "--cache",
                            defaultValue = "data/shown",
                            description = "Where what was shown is kept. Default: ${DEFAULT-VALUE}.")
                    Path cache) {
        try (AskedUpstream asked = AskedUpstream.open(place, model)) {
            PluginSettings settings = new PluginSettings(
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
                    version());
            System.out.print(new PluginTraining(settings, asked.upstream(), asked::calls, System.err::println).run());
            return 0;
        } catch (IllegalArgumentException | ApiException | IOException failure) {
            System.err.println(failure instanceof IOException ? failure.toString() : failure.getMessage());
            return 1;
        }
    }

    private static String version() {
        return Objects.requireNonNullElse(TrainCommand.class.getPackage().getImplementationVersion(), UNRELEASED);
    }
}
