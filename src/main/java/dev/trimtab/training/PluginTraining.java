package dev.trimtab.training;

import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.scoring.Bias;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.Asked;
import dev.trimtab.upstream.ShownAnswers;
import dev.trimtab.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Fits a policy to examples, lever by lever, and writes its folder. A lever that does not pay is left out. */
public final class PluginTraining {
    /** How fine a bias is where the upstream takes decimals, parts of a nat. */
    private static final int HUNDREDTHS = 100;

    private final PluginSettings settings;
    private final Upstream upstream;
    private final Asked asked;
    private final LongSupplier calls;
    private final Consumer<String> said;

    /**
     * @param calls how many calls the upstream has had
     * @param said takes progress and findings, one line at a time
     */
    public PluginTraining(PluginSettings settings, Upstream upstream, LongSupplier calls, Consumer<String> said) {
        this.settings = settings;
        this.upstream = upstream;
        this.asked = upstream.asked(settings.model());
        this.calls = calls;
        this.said = said;
    }

    /**
     * Collects, fits and writes. Blocks.
     *
     * @return what was found, Markdown: the policy's card
     * @throws IllegalArgumentException that names each bad line of the data
     * @throws IOException where a file cannot be read or written
     * @throws dev.trimtab.openai.ApiException where the upstream fails; what it has shown is kept
     */
    public String run() throws IOException {
        List<Example> examples = Examples.read(settings.data());
        String data = Digest.of(Files.readAllBytes(settings.data()));
        try (ShownAnswers answers =
                ShownAnswers.open(settings.cache(), upstream, settings.model(), settings.fingerprint())) {
            Progress progress = new Progress(said, calls);
            Collecting collecting = new Collecting(answers, settings.model(), settings.atOnce(), progress);
            PrefaceChoice.Chosen preface =
                    new PrefaceChoice(collecting, said).choose(examples, settings.preface(), settings.seed());
            List<PrefaceMessage> messages = preface.messages();
            List<Lesson> lessons = collecting.lessons(preface.others(), messages);
            int grain = asked.capabilities().wholeBias() ? 1 : HUNDREDTHS;
            BiasFit fit = new BiasFit(lessons, this::isPushable, entries(), grain, settings.seed());
            BiasFit.Fitted bias = asked.capabilities().hidesBias()
                    ? fit.fit()
                    : fit.measured((pushed, apart) -> LessonNats.of(collecting.lessons(
                            apart.stream().map(preface.others()::get).toList(),
                            messages,
                            new Bias(pushed).byId(asked::idOf))));
            Map<Token, Double> nats = bias.pays() ? bias.nats() : Map.of();
            String card = card(data, examples.size(), preface, bias);
            PolicyWriting.write(settings, messages, nats, asked::idOf, card);
            return card;
        }
    }

    private int entries() {
        return Math.min(settings.bias(), asked.capabilities().biasEntries());
    }

    private boolean isPushable(Token token) {
        return token.id() != Token.NO_ID || (!token.isEnd() && asked.idOf(token.bytes()) != Token.NO_ID);
    }

    private String card(String data, int examples, PrefaceChoice.Chosen preface, BiasFit.Fitted bias) {
        String kept = bias.pays() ? bias.nats().size() + " entries" : "left out, since it does not pay";
        return String.format(
                """
                # A policy fitted to examples

                | lever | | nats/token of examples that it was not fitted to |
                | --- | --- | --- |
                | preface | %d examples | %.3f |
                | bias | %s | %.3f |

                - Examples: %d, those of the preface among them (`%s`, SHA-256 `%s…`)
                - Upstream: %s, model %s, `%s`
                - Settings: preface %d, bias %d, seed %d; price on squared nats %s
                - Trimtab %s
                """,
                preface.examples().size(),
                bias.before().mean(),
                kept,
                bias.heldOut().mean(),
                examples,
                settings.data().getFileName(),
                data,
                settings.upstream(),
                settings.model(),
                settings.fingerprint(),
                settings.preface(),
                settings.bias(),
                settings.seed(),
                bias.price(),
                settings.version());
    }
}
