package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import dev.trimtab.training.Update.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.DigestUtils;

/** Adapts a policy's scorer and bias to new examples, training a chosen part of their numbers. */
public final class AdaptTraining {
    private static final int PASSES = 40;

    private final AdaptSettings settings;
    private final AskedModel model;
    private final Consumer<String> said;

    /**
     * @param said takes progress and findings, one line at a time
     */
    public AdaptTraining(AdaptSettings settings, AskedModel model, Consumer<String> said) {
        this.settings = settings;
        this.model = model;
        this.said = said;
    }

    /**
     * Collects, fits, and writes the adapted policy where that pays. Blocks.
     *
     * @return what was found, in one line
     * @throws IllegalArgumentException that names each bad line of the data, or what cannot be adapted
     * @throws IOException where a file cannot be read or written
     * @throws dev.trimtab.openai.ApiException where the upstream fails; what it has shown is kept
     */
    public String run() throws IOException {
        Torch.require();
        Update update = Update.parse(settings.update());
        AdaptedPolicy policy =
                AdaptedPolicy.open(settings.from(), model.upstream().name());
        policy.check(settings.out());
        if (update.part() == Part.BIAS && policy.bias().isEmpty()) {
            throw new IllegalArgumentException(
                    "update: bias (expected: a part of " + settings.from() + ", which has no bias)");
        }
        List<Example> examples = Examples.read(settings.data());
        boolean one = examples.stream().map(Example::prompt).distinct().count() < 2;
        Required.that(!one, "data", "one prompt", "at least two");
        TransformerWeights from = OnnxWeights.read(policy.model());
        FittedScorer fitted = ScorerFit.fit(request(policy, update, from, examples), said);
        if (!fitted.pays()) {
            return fitted.summary() + "; nothing is written";
        }
        policy.write(
                settings.out(),
                model.name(),
                fitted.model(settings.int8(), Map.of("trimtab.provenance", provenance())),
                PolicyWriting.lines(rounded(fitted.bias()), model::idOf),
                "# A policy that was adapted\n\n- " + fitted.summary() + "\n- " + provenance() + "\n");
        return fitted.summary();
    }

    private ScorerRequest request(AdaptedPolicy policy, Update update, TransformerWeights from, List<Example> examples)
            throws IOException {
        List<PrefaceMessage> preface = policy.preface();
        List<Lesson> lessons = model.ask(
                said, collecting -> collecting.lessons(examples, example -> example.leftOutOf(preface), Map.of()));
        TransformerShape shape = from.shape();
        boolean movesBias = update.part() == Part.ALL
                && !policy.bias().isEmpty()
                && !model.asked().capabilities().wholeBias();
        return new ScorerRequest(
                lessons,
                List.of(),
                policy.bias(),
                policy.tokenizer(),
                policy.template(),
                from,
                null,
                new ScorerSettings(
                        shape.layers(),
                        shape.width(),
                        shape.heads(),
                        shape.context(),
                        update,
                        movesBias,
                        policy.zeroIsRest() && model.movesShares(examples),
                        settings.price(),
                        null,
                        1,
                        settings.nearness(),
                        PASSES,
                        settings.seed()));
    }

    private Map<Token, Double> rounded(Bias bias) {
        Map<Token, Double> rounded = new LinkedHashMap<>();
        bias.nats().forEach((token, nats) -> rounded.put(token, model.rounded(nats)));
        return rounded;
    }

    private String provenance() throws IOException {
        return "Adapted from " + settings.from().getFileName() + " to "
                + settings.data().getFileName() + " (SHA-256 "
                + DigestUtils.sha256Hex(Files.readAllBytes(settings.data())) + "), update " + settings.update()
                + ", nearness "
                + settings.nearness() + ", price " + settings.price() + ", seed " + settings.seed() + ", upstream "
                + model.fingerprint();
    }
}
