package dev.trimtab;

import dev.trimtab.training.LanguageModelSettings;
import dev.trimtab.training.LanguageModelTraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a language model from scratch. */
@Command(
        name = "language-model",
        description = {
            "Train a small language model from scratch, of the demo's own kind.",
            "A plain text is the completion of an empty prompt."
        })
final class TrainLanguageModelCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            required = true,
            description = "Texts, one a line: {\"messages\": [...] or \"prompt\": \"...\", \"completion\": \"...\"}.")
    private Path data = Path.of("");

    @Option(names = "--tokenizer", description = "A byte-level BPE's tokenizer.json. Default: the demo's.")
    private @Nullable Path tokenizer;

    @Option(names = "--out", required = true, description = "The folder of the model's files, no policy's.")
    private Path out = Path.of("");

    @Option(
            names = "--template",
            description = "Special tokens before and after a message, by role, JSON. Default: those the tokenizer has.")
    private @Nullable String template;

    @Option(names = "--layers", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int layers;

    @Option(names = "--width", defaultValue = "192", description = "Of a token's vector. Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(names = "--heads", defaultValue = "6", description = "Of the attention. Default: ${DEFAULT-VALUE}.")
    private int heads;

    @Option(names = "--context", defaultValue = "512", description = "The most tokens. Default: ${DEFAULT-VALUE}.")
    private int context;

    @Option(names = "--passes", defaultValue = "10", description = "Over the texts. Default: ${DEFAULT-VALUE}.")
    private int passes;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of the split, the order and the first weights. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        return CommandRun.status(() -> {
            Path read = tokenizer == null ? AskedUpstream.demoTokenizer() : tokenizer;
            LanguageModelSettings settings = new LanguageModelSettings(
                    data, read, template, out, layers, width, heads, context, passes, seed, CommandRun.version());
            System.out.println(new LanguageModelTraining(settings, System.err::println).run());
        });
    }
}
