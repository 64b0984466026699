package dev.trimtab;

import dev.trimtab.evaluation.Evaluation;
import dev.trimtab.evaluation.EvaluationFiles;
import dev.trimtab.evaluation.Evaluator;
import dev.trimtab.evaluation.Example;
import dev.trimtab.evaluation.Provenance;
import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PolicyCatalogue;
import dev.trimtab.scoring.Scorer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Measures a policy on wanted answers that nothing was fitted to. */
@Command(
        name = "evaluate",
        description = {
            "Measure what a policy gains on held-out answers, what else it changes and what it costs, beside baselines.",
            "Writes evaluation.json, evaluation.md and evaluation.html; progress goes to standard error.",
            "The upstream's key is read from the environment (TRIMTAB_UPSTREAM_API_KEY) or the configuration."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String MODEL = "model.onnx";
    private static final int WAITING_WINDOWS = 10_000;

    @Option(names = "--policy", required = true, description = "A policy's name in config/policies, or its folder.")
    private Path policy = Path.of("");

    @Option(
            names = "--data",
            required = true,
            description =
                    "Wanted answers, one a line: {\"messages\": [...] or \"prompt\": \"...\", \"completion\": \"...\"}.")
    private Path data = Path.of("");

    @Option(names = "--examples", description = "More of them, none held out, that prefaces are made of.")
    private @Nullable Path examples;

    @Option(
            names = "--outside",
            description = "Prompts that the policy is not meant for; completions count for nothing.")
    private @Nullable Path outside;

    @Option(names = "--rules", description = "Phrases to count in answers, as in a policy. Default: the policy's own.")
    private @Nullable Path rules;

    @Option(
            names = "--against",
            split = ",",
            description = "Of unsteered, preface (the policy's), preface:N (of --examples), bias, scorer, new-model,"
                    + " weighted, weighted:W. Default: ${DEFAULT-VALUE}.")
    private List<String> against = List.of("unsteered", "preface", "bias", "scorer", "new-model", "weighted");

    @Option(
            names = "--new-model",
            description =
                    "The folder of a language model of the aim, as train language-model writes it, that new-model and"
                            + " weighted use. Default: the policy's scorer, read as one.")
    private @Nullable Path newModel;

    @Option(names = "--out", required = true, description = "The report's folder.")
    private Path out = Path.of("");

    @Mixin
    private AskingOptions asking = new AskingOptions();

    @Option(names = "--limit", description = "The most prompts, the first ones; 0: all. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--seed", description = "Of answers and of intervals. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--temperature", description = "Of written answers. Default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--max-tokens", description = "Of a written answer. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 128;

    @Override
    public Integer call() {
        Scheduler scoring = Schedulers.newBoundedElastic(
                Runtime.getRuntime().availableProcessors(), WAITING_WINDOWS, "scoring", 60, true);
        try {
            return CommandRun.status(() -> {
                check();
                Files.createDirectories(out);
                try (AskedUpstream asked = asking.open(PolicyCatalogue.modelOf(folder()))) {
                    Evaluation evaluation = evaluated(asked, scoring);
                    EvaluationFiles.write(evaluation, out);
                    System.out.print(EvaluationFiles.markdown(evaluation));
                }
            });
        } finally {
            scoring.dispose();
        }
    }

    private void check() {
        folder();
        require(Files.isRegularFile(data), "--data: " + data, "a file");
        require(examples == null || Files.isRegularFile(examples), "--examples: " + examples, "a file");
        require(outside == null || Files.isRegularFile(outside), "--outside: " + outside, "a file");
        require(rules == null || Files.isRegularFile(rules), "--rules: " + rules, "a file");
        require(
                newModel == null || Files.isRegularFile(newModel.resolve(MODEL)),
                "--new-model: " + newModel,
                "a folder with " + MODEL + ", as train language-model writes it");
        require(limit >= 0, "--limit: " + limit, "at least 0");
        require(temperature >= 0 && temperature <= 2, "--temperature: " + temperature, "0..2");
        require(maxTokens >= 1, "--max-tokens: " + maxTokens, "at least 1");
    }

    private static void require(boolean holds, String given, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(given + " (expected: " + expected + ")");
        }
    }

    /** The policy's. */
    private Path folder() {
        return CommandRun.policy("--policy", policy);
    }

    private Evaluation evaluated(AskedUpstream asked, Scheduler scoring) throws IOException {
        Policy read = PolicyCatalogue.read(
                folder(), Set.of(asked.upstream().name()), Accelerator.AUTO, scoring, asked.meters());
        try (Scorer model = newModel(scoring, asked.meters())) {
            Evaluator.Subject subject = new Evaluator.Subject(
                    read,
                    Example.read(data, true),
                    examples == null ? List.of() : Example.read(examples, true),
                    outside == null ? List.of() : Example.read(outside, false),
                    against,
                    (rules == null ? read.negative() : Negative.read(rules)).phrases(),
                    model);
            return new Evaluator(
                            asked.upstream(),
                            asking.cache(),
                            asking.atOnce(asked),
                            asked.meters(),
                            line -> System.err.println(line + "; so far " + asking.spent(asked)))
                    .evaluate(subject, provenance(read, asked));
        } finally {
            read.close();
        }
    }

    private @Nullable Scorer newModel(Scheduler scoring, MeterRegistry meters) throws IOException {
        return newModel == null
                ? null
                : Scorer.plugin(
                        newModel.resolve(MODEL), newModel.resolve("tokenizer.json"), Accelerator.AUTO, scoring, meters);
    }

    private Provenance provenance(Policy read, AskedUpstream asked) throws IOException {
        return new Provenance(
                read.name(),
                read.version(),
                asked.upstream().name(),
                asked.model(),
                asked.fingerprint(),
                Provenance.Source.of(data),
                source(examples),
                source(outside),
                source(newModel == null ? null : newModel.resolve(MODEL)),
                new Provenance.Settings(temperature, maxTokens, limit, seed),
                CommandRun.version(),
                Runtime.getRuntime().availableProcessors() + " processors, JDK "
                        + Runtime.version().feature(),
                Clock.systemUTC().instant());
    }

    private static Provenance.@Nullable Source source(@Nullable Path file) throws IOException {
        return file == null ? null : Provenance.Source.of(file);
    }
}
