package dev.trimtab;

import dev.trimtab.training.PluginSettings;
import dev.trimtab.training.PluginTraining;
import dev.trimtab.training.ScorerOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Fits policies to examples. */
@Command(
        name = "train",
        description = "Fit a policy to examples.",
        subcommands = {
            TrainCommand.Plugin.class,
            TrainNegativeCommand.class,
            TrainAdaptCommand.class,
            TrainSamplesCommand.class,
            TrainLanguageModelCommand.class
        })
final class TrainCommand {
    /** The levers of one policy, cheapest first. */
    @Command(
            name = "plugin",
            description = {
                "Make a policy of wanted answers: examples before the conversation, a pushed bias and a scorer, as far as"
                        + " each pays.",
                "What the upstream shows of the examples is kept, so that a second training asks for nothing anew.",
                "The upstream's key is read from the environment (TRIMTAB_UPSTREAM_API_KEY) or the configuration."
            })
    static final class Plugin implements Callable<Integer> {
        private static final int PREFACE = 8;

        @Mixin
        private AskingOptions asking = new AskingOptions();

        @Option(
                names = "--data",
                description = "{\"messages\": [...] or \"prompt\": \"...\", \"completion\": \"...\"}, one a line."
                        + " Default: ${DEFAULT-VALUE}.")
        private Path data = Path.of("examples.jsonl");

        @Option(
                names = "--out",
                description = "The policy's folder; a policy that is there is replaced. Default: ${DEFAULT-VALUE}.")
        private Path out = Path.of("config/policies/fitted");

        @Option(
                names = "--preface",
                description = "The most examples before a conversation, which every request then has the upstream read;"
                        + " 0: none. Default: 8, or those of --preface-examples.")
        private @Nullable Integer preface;

        @Option(
                names = "--preface-examples",
                description = "Examples that all stand before a conversation, instead of a choice among --data.")
        private @Nullable Path prefaceExamples;

        @Option(names = "--bias", description = "The most entries of the bias. Default: ${DEFAULT-VALUE}.")
        private int bias = 300;

        @Option(names = "--layers", description = "Of the scorer; 0: no scorer. Default: ${DEFAULT-VALUE}.")
        private int layers = 1;

        @Option(names = "--width", description = "Of a token's vector in the scorer. Default: ${DEFAULT-VALUE}.")
        private int width = 64;

        @Option(names = "--context", description = "The most tokens that the scorer reads. Default: ${DEFAULT-VALUE}.")
        private int context = 512;

        @Option(
                names = "--price",
                split = ",",
                description = "Nats that a replaced token is taken to cost; of several prices each makes a policy."
                        + " Default: ${DEFAULT-VALUE}.")
        private List<Double> prices = List.of(0.3);

        @Option(
                names = "--tokenizer",
                description = "The scorer's tokenizer.json, best the upstream's own. Default: the configured one.")
        private @Nullable Path tokenizer;

        @Option(
                names = "--template",
                description =
                        "Special tokens before and after a message, by role, JSON. Default: those the tokenizer has.")
        private @Nullable String template;

        @Option(
                names = "--from",
                description =
                        "A language model, its folder, whose layers the scorer begins with; their shape is the scorer's.")
        private @Nullable Path from;

        @Option(names = "--int8", description = "Write the scorer in 8-bit numbers: a quarter of the size.")
        private boolean int8;

        @Option(names = "--seed", description = "Of splits and choices. Default: ${DEFAULT-VALUE}.")
        private long seed = 1;

        @Override
        public Integer call() {
            return CommandRun.status(() -> {
                try (AskedUpstream asked = asking.open()) {
                    System.out.print(
                            new PluginTraining(settings(asked), asking.model(asked), System.err::println).run());
                }
            });
        }

        private int preface() {
            if (preface != null) {
                return preface;
            }
            return prefaceExamples == null ? PREFACE : 0;
        }

        private PluginSettings settings(AskedUpstream asked) {
            return new PluginSettings(
                    data,
                    out,
                    preface(),
                    prefaceExamples,
                    bias,
                    new ScorerOptions(
                            layers,
                            width,
                            context,
                            prices,
                            tokenizer == null ? asked.tokenizer() : tokenizer,
                            template,
                            from,
                            int8),
                    seed,
                    CommandRun.version());
        }
    }
}
