package dev.trimtab.evaluation;

import dev.trimtab.evaluation.Provenance.Settings;
import dev.trimtab.evaluation.Provenance.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An evaluation's single facts in words. */
final class Facts {
    private Facts() {}

    static String subject(Evaluation evaluation) {
        Provenance provenance = evaluation.provenance();
        return evaluation.references() + " wanted answers to " + evaluation.inputs() + " prompts ("
                + provenance.data().name() + "), model " + provenance.model() + " of " + provenance.upstream() + ", "
                + provenance.date().toString().substring(0, 10);
    }

    /** The figures to look at first, by what they are. */
    static Map<String, String> headline(Evaluation evaluation) {
        Result base = evaluation.unsteered();
        Result policy = evaluation.policy();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "nats/token of the wanted answers, unsteered → policy",
                Figures.number(base.aim().natsPerToken().interval().value(), 3) + " → "
                        + Figures.number(policy.aim().natsPerToken().interval().value(), 3));
        Difference difference = policy.aim().natsPerToken().difference();
        if (difference != null) {
            facts.put(
                    "difference, 95 % interval, p " + Figures.pValue(difference.pValue()),
                    Figures.interval(difference.interval(), 3));
        }
        facts.put(
                "of the written tokens were replaced",
                Figures.percent(policy.change().replaced().value()));
        facts.put(
                "calls an answer, unsteered → policy",
                Figures.number(base.cost().calls(), 1) + " → "
                        + Figures.number(policy.cost().calls(), 1));
        facts.put(
                "median time an answer, unsteered → policy",
                Figures.number(base.cost().medianMillis(), 0) + " → "
                        + Figures.number(policy.cost().medianMillis(), 0) + " ms");
        return facts;
    }

    static Map<String, String> provenance(Evaluation evaluation) {
        Provenance provenance = evaluation.provenance();
        Settings settings = provenance.settings();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("policy", provenance.policy() + ", version " + provenance.policyVersion());
        facts.put("upstream", provenance.upstream() + ", model " + provenance.model());
        facts.put("upstream's fingerprint", provenance.fingerprint());
        put(facts, "held-out answers", provenance.data());
        put(facts, "examples of prefaces", provenance.examples());
        put(facts, "prompts outside the aim", provenance.outside());
        put(facts, "new model", provenance.newModel());
        facts.put(
                "written answers",
                "temperature " + settings.temperature() + ", at most " + settings.maxTokens() + " tokens, seed "
                        + settings.seed());
        facts.put(
                "intervals and tests",
                "95 %, " + Resampling.DRAWS
                        + " resamplings of the prompts in pairs; p two-sided, by permutation in pairs");
        facts.put("program", "Trimtab " + provenance.code());
        facts.put("machine", provenance.machine());
        facts.put("memory of the evaluating process", evaluation.residentMebibytes() + " MiB");
        facts.put("date", provenance.date().toString());
        return facts;
    }

    private static void put(Map<String, String> facts, String name, @Nullable Source source) {
        if (source != null) {
            facts.put(name, source.name() + ", sha256 " + source.sha256());
        }
    }
}
