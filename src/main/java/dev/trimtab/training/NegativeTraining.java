package dev.trimtab.training;

import dev.trimtab.model.PromptTemplate;
import dev.trimtab.scoring.Bias;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Fits a scorer that lowers what is unwanted in the upstream's own answers and leaves all else as it is (Targeted Negative
 * Training, arXiv 2406.13660), and writes it as a policy.
 *
 * @param said takes progress and findings, one line at a time
 */
public record NegativeTraining(NegativeSettings settings, AskedModel model, Consumer<String> said) {
    private static final int PARTS = 10;
    private static final int LEAST_PROMPTS = 3;

    /**
     * Has answers written or reads them, fits, measures and writes. Blocks.
     *
     * @return what was found, Markdown: the policy's card
     * @throws IllegalArgumentException that names each bad line of the data, or says that nothing in it is unwanted
     * @throws IOException where a file cannot be read or written
     * @throws dev.trimtab.openai.ApiException where the upstream fails; what it has shown is kept
     */
    public String run() throws IOException {
        Torch.require();
        PolicyWriting.check(settings.out());
        Path tokenizer = Objects.requireNonNull(settings.tokenizer());
        String template = ScorerPrompts.template(settings.template(), tokenizer);
        PromptTemplate.parse(template);
        requirePrompts();
        MarkedAnswers all = model.ask(said, this::answers);
        List<List<Integer>> parts = Examples.parts(all.prompts(), PARTS, settings.seed());
        MarkedAnswers heldOut = all.at(parts.get(0));
        MarkedAnswers left = all.at(parts.stream().skip(1).flatMap(List::stream).toList());
        requireUnwanted(left, all.lessons().size());
        said.accept("unwanted: candidates of " + all.steps() + " steps in "
                + all.lessons().size() + " answers");
        FittedScorer fitted = ScorerFit.fit(
                new ScorerRequest(
                        left.lessons(), List.of(), Bias.NONE, tokenizer, template, null, left::of, settings.scorer()),
                said);
        return written(fitted, all, heldOut);
    }

    private void requirePrompts() throws IOException {
        long prompts = MarkedAnswers.asked(settings).stream().distinct().count();
        Required.that(
                prompts >= LEAST_PROMPTS,
                settings.labels() == null ? "prompts" : "labels",
                prompts + " different prompts",
                "at least " + LEAST_PROMPTS);
    }

    private MarkedAnswers answers(Collecting collecting) throws IOException {
        return settings.labels() == null
                ? MarkedAnswers.byRules(settings, collecting)
                : MarkedAnswers.labelled(settings.source(), collecting);
    }

    private void requireUnwanted(MarkedAnswers answers, int lookedAt) {
        boolean ruled = settings.labels() == null;
        Required.that(
                answers.steps() > 0,
                ruled ? "reject" : "labels",
                "nothing unwanted in " + lookedAt + " answers"
                        + (ruled ? " that the upstream wrote, " + settings.samples() + " to each prompt" : ""),
                ruled
                        ? "some; give prompts that lead to it, more samples or other rules, or mark answers by hand with"
                                + " --labels"
                        : "spans over tokens that the upstream shows");
    }

    private String written(FittedScorer fitted, MarkedAnswers all, MarkedAnswers heldOut) throws IOException {
        NegativePolicy policy = NegativePolicy.begin(settings, model);
        policy.add(fitted, provenance(all));
        return policy.finish(card(fitted, NegativeFigures.of(policy.written(), heldOut), all));
    }

    private String card(FittedScorer fitted, NegativeFigures figures, MarkedAnswers all) throws IOException {
        return String.format(
                Locale.ROOT,
                """
                # A policy that avoids what its rules or labels name

                | on %d answers that it was not fitted to | upstream | policy |
                | --- | --- | --- |
                | unwanted mass an answer (sum of probabilities) | %.4f | %.4f |
                | KL(upstream ‖ policy) where nothing is unwanted, nats/token | 0 | %.6f |

                - %s
                - Fitted in %d passes, %d s
                - Upstream: %s
                """,
                figures.answers(),
                figures.massBefore(),
                figures.massAfter(),
                figures.divergenceElsewhere(),
                provenance(all),
                fitted.passes(),
                fitted.took().toSeconds(),
                model.upstream().name());
    }

    private String provenance(MarkedAnswers all) throws IOException {
        Path prompts = settings.prompts();
        String wrote = prompts == null
                ? ""
                : "; " + settings.samples() + " answers of at most " + settings.maxTokens()
                        + " tokens to each prompt of " + FileIdentity.of(prompts);
        return "Unwanted by " + FileIdentity.of(settings.source()) + wrote + ": candidates of " + all.steps()
                + " steps in "
                + all.lessons().size() + " answers. Loss " + settings.loss() + ", alpha " + settings.alpha() + ", seed "
                + settings.seed() + ", " + settings.layers() + " layers of width " + settings.width() + ", context "
                + settings.context() + ", model " + model.name() + ", " + model.fingerprint() + ", Trimtab "
                + settings.version();
    }
}
