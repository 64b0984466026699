package dev.trimtab.evaluation;

import dev.trimtab.evaluation.Comparison.Shown;
import dev.trimtab.openai.ApiException;
import dev.trimtab.policy.Policy;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.steering.GivenAnswers;
import dev.trimtab.steering.Steering;
import dev.trimtab.steering.StepExplanation;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.ShownAnswers;
import dev.trimtab.upstream.Upstream;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures a policy beside what it is compared with: how likely wanted answers are under each by the law that is served,
 * and what each writes and takes.
 */
public final class Evaluator {
    private static final int COMPARED = 12;
    private static final int SAID_EVERY = 20;

    private final Upstream upstream;
    private final Path cache;
    private final int atOnce;
    private final MeterRegistry registry;
    private final Consumer<String> progress;
    /** Whether what is likely under a hidden bias is told all the same. */
    private boolean biasTold;

    /**
     * What an evaluation is about.
     *
     * @param heldOut wanted answers that nothing was fitted to
     * @param examples what prefaces are made of, possibly none
     * @param outside prompts outside the aim, possibly none
     * @param against e.g. {@code preface:3}; the unsteered upstream is always compared with
     * @param unwanted phrases that are counted in outputs, possibly none
     * @param newModel the model of the contenders {@code new-model} and {@code weighted}; null: the policy's scorer
     */
    public record Subject(
            Policy policy,
            List<Example> heldOut,
            List<Example> examples,
            List<Example> outside,
            List<String> against,
            Phrases unwanted,
            @Nullable Scorer newModel) {}

    /**
     * For one upstream.
     *
     * @param cache the folder of what upstreams have shown
     * @param atOnce how many wanted answers are asked about at a time, ≥ 1
     * @param progress is told in words how far it is
     */
    public Evaluator(Upstream upstream, Path cache, int atOnce, MeterRegistry registry, Consumer<String> progress) {
        this.upstream = upstream;
        this.cache = cache;
        this.atOnce = atOnce;
        this.registry = registry;
        this.progress = progress;
    }

    /**
     * Measures everything. Blocks.
     *
     * @throws IllegalArgumentException that names the first parameter that is wrong
     * @throws IOException where the cache cannot be read and written
     * @throws dev.trimtab.openai.ApiException where the upstream fails or lacks what is needed
     */
    public Evaluation evaluate(Subject subject, Provenance provenance) throws IOException {
        Provenance.Settings settings = provenance.settings();
        List<Input> inputs = limited(subject.heldOut(), settings.limit());
        List<Input> outside = limited(subject.outside(), settings.limit());
        Contenders contenders = new Contenders(subject.policy(), subject.examples(), subject.newModel());
        List<Contender> all = contenders.of(subject.against());
        List<String> remarks = new ArrayList<>(contenders.remarks());
        BiConsumer<Contender, ApiException> failed = (one, refused) -> leaveOut(one, refused, all, remarks);
        Map<Contender, List<Likelihood>> likely = likely(all, inputs, provenance, failed);
        List<Measured> measured = measured(likely, inputs, outside, provenance, failed);
        Resampling resampling = new Resampling(settings.seed(), Resampling.DRAWS);
        Summary summary = new Summary(inputs, subject.unwanted(), measured.get(0), resampling);
        progress.accept("Summing up");
        List<Result> results = measured.stream().map(summary::of).toList();
        remarks.addAll(Remarks.of(
                results,
                measured,
                asTold(provenance.model()),
                !subject.unwanted().isEmpty()));
        return new Evaluation(
                provenance,
                inputs.size(),
                inputs.stream().mapToInt(input -> input.references().size()).sum(),
                results,
                comparisons(inputs, measured.get(0), measured.get(measured.size() - 1)),
                remarks,
                ProcessMemory.residentMebibytes());
    }

    private Capabilities asTold(String model) {
        Capabilities able = upstream.asked(model).capabilities();
        return biasTold ? able.showing(ShownLaw.BIASED) : able;
    }

    private static List<Input> limited(List<Example> examples, int limit) {
        List<Input> inputs = Input.of(examples);
        return limit == 0 || limit >= inputs.size() ? inputs : inputs.subList(0, limit);
    }

    private List<Measured> measured(
            Map<Contender, List<Likelihood>> likely,
            List<Input> inputs,
            List<Input> outside,
            Provenance provenance,
            BiConsumer<Contender, ApiException> failed) {
        long seed = provenance.settings().seed();
        Outputs outputs =
                new Outputs(new Steering(upstream, registry, () -> seed), provenance.model(), provenance.settings());
        Map<Contender, List<Output>> written = outputs.of(
                List.copyOf(likely.keySet()),
                inputs,
                counting("Answers written", likely.size() * inputs.size()),
                failed);
        List<Contender> left = List.copyOf(written.keySet());
        Map<Contender, List<Output>> elsewhere = outside.isEmpty()
                ? Map.of()
                : outputs.of(left, outside, counting("Answers outside the aim", left.size() * outside.size()), failed);
        return left.stream()
                .filter(contender -> outside.isEmpty() || elsewhere.containsKey(contender))
                .map(contender -> new Measured(
                        contender,
                        Objects.requireNonNull(likely.get(contender)),
                        Objects.requireNonNull(written.get(contender)),
                        elsewhere.getOrDefault(contender, List.of())))
                .toList();
    }

    private Map<Contender, List<Likelihood>> likely(
            List<Contender> contenders,
            List<Input> inputs,
            Provenance provenance,
            BiConsumer<Contender, ApiException> failed)
            throws IOException {
        String model = provenance.model();
        Map<Contender, List<Likelihood>> likely = new LinkedHashMap<>();
        try (ShownAnswers shown = ShownAnswers.open(cache, upstream, model, provenance.fingerprint())) {
            biasTold = shown.tellsHiddenBias(inputs.get(0).request(model, 1, 1, 0));
            Likelihoods likelihoods = new Likelihoods(shown, new GivenAnswers(upstream, biasTold), model, atOnce);
            for (Contender contender : contenders) {
                Runnable counting = counting("Wanted answers under " + contender.name(), inputs.size());
                try {
                    likely.put(contender, likelihoods.of(contender.policy(), inputs, counting));
                } catch (ApiException refused) {
                    failed.accept(contender, refused);
                }
            }
            progress.accept("Wanted answers that the upstream was asked about: " + likelihoods.asked()
                    + ", the others were known");
        }
        return likely;
    }

    /** What is compared with may fall away, such as a preface that the upstream has no room for. */
    private static void leaveOut(
            Contender contender, ApiException refused, List<Contender> contenders, List<String> remarks) {
        int place = contenders.indexOf(contender);
        if (place == 0 || place == contenders.size() - 1 || !refused.refusesTheAsk()) {
            throw refused;
        }
        remarks.add(contender.name() + " is left out: the upstream refuses it. " + refused.getMessage());
    }

    private Runnable counting(String what, int all) {
        int[] done = {0};
        return () -> {
            done[0]++;
            if (done[0] % SAID_EVERY == 0 || done[0] == all) {
                progress.accept(what + ": " + done[0] + " of " + all);
            }
        };
    }

    private static List<Comparison> comparisons(List<Input> inputs, Measured before, Measured after) {
        return IntStream.range(0, Math.min(COMPARED, inputs.size()))
                .mapToObj(i -> new Comparison(
                        inputs.get(i).question(),
                        before.outputs().get(i).text(),
                        after.outputs().get(i).report().steps().stream()
                                .map(Evaluator::shown)
                                .toList(),
                        inputs.get(i).references().get(0)))
                .toList();
    }

    private static Shown shown(StepExplanation step) {
        return new Shown(
                step.token(), step.decision().equals("replaced"), Objects.requireNonNullElse(step.drafted(), ""));
    }
}
