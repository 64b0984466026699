package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import dev.trimtab.training.Update.Part;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
        Update update = Update.parse(settings.update());
        AdaptedPolicy policy =
                AdaptedPolicy.open(settings.from(), model.upstream().name());
        policy.check(settings.out());
        checkHas(policy, update.part());
        List<Example> examples = Examples.read(settings.data());
        boolean one = examples.stream().map(Example::prompt).distinct().count() < 2;
        Required.that(!one, "data", "one prompt", "at least two");
        return policy.hasScorer() ? withScorer(policy, update, examples) : biasAlone(policy, examples);
    }

    private void checkHas(AdaptedPolicy policy, Part part) throws IOException {
        boolean there = policy.hasScorer()
                ? part != Part.BIAS || !policy.bias().isEmpty()
                : part == Part.BIAS || part == Part.ALL;
        Required.that(
                there,
                "update",
                settings.update(),
                "a part of " + settings.from() + ", which has no " + (policy.hasScorer() ? "bias" : "scorer"));
    }

    private String biasAlone(AdaptedPolicy policy, List<Example> examples) throws IOException {
        String scored = "nothing, of a policy without a scorer";
        Required.that(settings.price() == 0, "price", settings.price(), scored);
        Required.that(!settings.int8(), "int8", true, scored);
        BiasAdapting adapting = new BiasAdapting(model, policy.bias(), policy.preface(), settings.seed());
        BiasFit.Fitted added = model.ask(said, collecting -> adapting.fit(examples, collecting));
        return written(policy, null, adapting.with(added.nats()), added.pays(), BiasAdapting.summary(added));
    }

    private String withScorer(AdaptedPolicy policy, Update update, List<Example> examples) throws IOException {
        Torch.require();
        FittedScorer fitted = ScorerFit.fit(request(policy, update, OnnxWeights.read(policy.model()), examples), said);
        byte[] scorer = fitted.model(settings.int8(), Map.of("trimtab.provenance", provenance(policy)));
        return written(policy, scorer, rounded(fitted.bias()), fitted.pays(), fitted.summary());
    }

    private String written(
            AdaptedPolicy policy, byte @Nullable [] scorer, Map<Token, Double> bias, boolean pays, String summary)
            throws IOException {
        if (!pays) {
            return summary + "; nothing is written";
        }
        String lines = bias.isEmpty() ? "" : PolicyWriting.lines(bias, model::idOf);
        String card = "# A policy that was adapted\n\n- " + summary + "\n- " + provenance(policy) + "\n";
        policy.write(settings.out(), model.name(), scorer, lines, card);
        return summary;
    }

    private ScorerRequest request(AdaptedPolicy policy, Update update, TransformerWeights from, List<Example> examples)
            throws IOException {
        List<PrefaceMessage> preface = policy.preface();
        List<Lesson> shown = model.ask(
                said, collecting -> collecting.lessons(examples, example -> example.leftOutOf(preface), Map.of()));
        boolean ends = model.steersEnds(examples);
        TransformerShape shape = from.shape();
        boolean movesBias = update.part() == Part.ALL
                && !policy.bias().isEmpty()
                && !model.asked().capabilities().wholeBias();
        return new ScorerRequest(
                Lesson.steered(shown, ends),
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
                        policy.zeroIsRest() && ends,
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

    private String provenance(AdaptedPolicy policy) throws IOException {
        return "Adapted from " + settings.from().getFileName() + " to " + FileIdentity.of(settings.data())
                + (policy.hasScorer() ? ", the scorer from " + FileIdentity.of(policy.model()) : "") + ", update "
                + settings.update()
                + ", nearness " + settings.nearness() + ", price " + settings.price() + ", seed "
                + settings.seed() + ", upstream " + model.fingerprint() + ", Trimtab " + settings.version();
    }
}
