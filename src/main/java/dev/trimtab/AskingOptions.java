package dev.trimtab;

import dev.trimtab.training.AskedModel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which upstream a command asks, and how: options of every command that does. */
final class AskingOptions {
    @Option(
            names = "--upstream",
            defaultValue = DemoUpstream.NAME,
            description = "demo, or an API's URL up to and including the version. Default: ${DEFAULT-VALUE}.")
    private String place = DemoUpstream.NAME;

    @Option(
            names = "--model",
            description = "The model. Default: the policy's, the configured one, or the first listed.")
    private @Nullable String model;

    @Option(
            names = "--top-logprobs",
            description = "As if the upstream showed no more candidates than this. Default: all that it shows.")
    private @Nullable Integer topLogprobs;

    @Option(
            names = "--at-once",
            description = "How many answers are asked about at a time. Default: 1 before llama.cpp, else 2.")
    private @Nullable Integer atOnce;

    @Option(
            names = "--token-prices",
            split = ",",
            paramLabel = "READ,WRITTEN",
            description = "What a million tokens cost that the upstream reads, and that it writes:"
                    + " progress then says what was spent.")
    private List<Double> prices = List.of();

    @Option(
            names = "--cache",
            defaultValue = "data/shown",
            description = "Where what was shown is kept. Default: ${DEFAULT-VALUE}.")
    private Path cache = Path.of("");

    /** Opens the upstream, its model the one that is named. */
    AskedUpstream open() {
        return open(null);
    }

    /** Opens the upstream, its model a policy's where none is named. */
    AskedUpstream open(@Nullable String policys) {
        if (!prices.isEmpty() && (prices.size() != 2 || prices.stream().anyMatch(price -> price < 0))) {
            throw new IllegalArgumentException("--token-prices: " + prices + " (expected: two numbers of at least 0)");
        }
        if (atOnce != null && atOnce < 1) {
            throw new IllegalArgumentException("--at-once: " + atOnce + " (expected: at least 1)");
        }
        if (place.isBlank()) {
            throw new IllegalArgumentException("--upstream: nothing (expected: demo, or a URL)");
        }
        return AskedUpstream.open(place, model == null ? policys : model, topLogprobs);
    }

    AskedModel model(AskedUpstream asked) {
        return new AskedModel(
                asked.upstream(), asked.model(), asked.fingerprint(), cache, atOnce(asked), () -> spent(asked));
    }

    /** What the upstream has been asked so far, in words. */
    String spent(AskedUpstream asked) {
        return new Spending(asked.meters(), prices).told();
    }

    Path cache() {
        return cache;
    }

    /** Answers that llama.cpp is asked about side by side, token by token, take each other's place in its cache. */
    int atOnce(AskedUpstream asked) {
        if (atOnce != null) {
            return atOnce;
        }
        return asked.upstream().asked(asked.model()).capabilities().isLlamaCpp() ? 1 : 2;
    }
}
