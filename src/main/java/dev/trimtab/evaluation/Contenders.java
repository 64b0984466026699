package dev.trimtab.evaluation;

import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.PrefaceMessage;
import dev.trimtab.policy.Stage;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Scorer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A policy and what it is compared with, every one of them a policy, so that all go the same way. */
final class Contenders {
    static final String UNSTEERED = "unsteered";

    private static final String EXPECTED =
            "unsteered, preface, preface:N, bias, scorer, new-model, weighted or weighted:W";
    private static final double WEIGHT = 0.5;
    private static final Limits UNLIMITED = new Limits(1_000_000, 1_000_000, 8);

    private final Policy policy;
    private final List<Example> examples;
    private final @Nullable Scorer newModel;
    private final List<String> remarks = new ArrayList<>();

    /**
     * @param examples what prefaces are made of, the first ones first
     * @param newModel a language model of the aim, or null: the policy's scorer is read as one
     */
    Contenders(Policy policy, List<Example> examples, @Nullable Scorer newModel) {
        this.policy = policy;
        this.examples = examples;
        this.newModel = newModel;
    }

    /**
     * The unsteered upstream, what is asked for, and the policy itself.
     *
     * @throws IllegalArgumentException for a name that is none, or one that needs examples that are not there
     */
    List<Contender> of(List<String> against) {
        Set<String> names = new LinkedHashSet<>(List.of(UNSTEERED));
        names.addAll(against);
        List<Contender> contenders = new ArrayList<>();
        names.forEach(name -> contender(name).filter(this::isAnother).ifPresent(contenders::add));
        contenders.add(new Contender(policy.name(), "the policy", policy));
        return contenders;
    }

    private boolean isAnother(Contender contender) {
        Policy other = contender.policy();
        boolean same = other.preface().equals(policy.preface())
                && other.bias().equals(policy.bias())
                && other.scorers().equals(policy.scorers())
                && policy.negative().phrases().isEmpty();
        if (same) {
            remarks.add(contender.name() + " is left out: it is all that the policy has.");
        }
        return !same;
    }

    /** What was left out, and why. */
    List<String> remarks() {
        return remarks;
    }

    private Optional<Contender> contender(String name) {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        String parameter = colon < 0 ? "" : name.substring(colon + 1);
        boolean takesOne = kind.equals("preface") || kind.equals("weighted");
        if (colon >= 0 && !takesOne) {
            throw wrong(name);
        }
        return switch (kind) {
            case UNSTEERED -> Optional.of(variant(name, "the upstream alone", List.of(), Bias.NONE, List.of()));
            case "preface" -> parameter.isEmpty() ? ownPreface(name) : Optional.of(preface(name, parameter));
            case "bias" -> bias(name);
            case "scorer" -> scorers(name);
            case "new-model" ->
                model(name)
                        .map(model -> variant(
                                name,
                                whose() + " in the upstream's place on the shown candidates, as a language model",
                                ModelScorer.alone(model)));
            case "weighted" -> {
                double weight = weight(name, parameter);
                yield model(name)
                        .map(model -> variant(
                                name,
                                "1 − w of the upstream and w of " + whose() + ", w = " + weight,
                                ModelScorer.weighted(model, weight)));
            }
            default -> throw wrong(name);
        };
    }

    private static IllegalArgumentException wrong(String name) {
        return new IllegalArgumentException("--against: " + name + " (expected: " + EXPECTED + ")");
    }

    private Contender preface(String name, String parameter) {
        if (!parameter.matches("[1-9]\\d{0,3}")) {
            throw wrong(name);
        }
        int count = Integer.parseInt(parameter);
        if (count > examples.size()) {
            throw new IllegalArgumentException(
                    "--against: " + name + " (expected: at most " + examples.size() + ", as --examples has)");
        }
        if (examples.stream().limit(count).anyMatch(example -> example.messages()
                .isEmpty())) {
            throw new IllegalArgumentException("--against: " + name + " (expected: --examples with messages)");
        }
        List<PrefaceMessage> preface = examples.stream()
                .limit(count)
                .flatMap(example -> example.shown().stream())
                .toList();
        String says = count == 1 ? "an example before the conversation" : count + " examples before the conversation";
        return variant(name, says, preface, Bias.NONE, List.of());
    }

    private static double weight(String name, String parameter) {
        if (parameter.isEmpty()) {
            return WEIGHT;
        }
        if (!parameter.matches("0(\\.\\d+)?|\\.\\d+")) {
            throw wrong(name);
        }
        return Double.parseDouble(parameter);
    }

    private Optional<Contender> ownPreface(String name) {
        return unless(policy.preface().isEmpty(), name, "no preface")
                .map(has -> variant(name, "the policy's preface alone", policy.preface(), Bias.NONE, List.of()));
    }

    private Optional<Contender> bias(String name) {
        return unless(policy.bias().isEmpty(), name, "no bias")
                .map(has -> variant(name, "the policy's bias alone", List.of(), policy.bias(), List.of()));
    }

    private Optional<Contender> scorers(String name) {
        return unless(policy.scorers().isEmpty(), name, "no scorer")
                .map(has -> variant(name, "the policy's scorers alone", List.of(), Bias.NONE, policy.scorers()));
    }

    private String whose() {
        return newModel == null ? "the policy's scorer" : "the new model";
    }

    /** The new model, or the policy's first model that is more than a list of what to avoid. */
    private Optional<Scorer> model(String name) {
        if (newModel != null) {
            return Optional.of(newModel);
        }
        Optional<Scorer> model = policy.scorers().stream()
                .map(WeightedScorer::scorer)
                .filter(scorer -> !scorer.onlyLowers())
                .findFirst();
        unless(model.isEmpty(), name, "no scorer to read as a model");
        return model;
    }

    private Optional<Boolean> unless(boolean lacking, String name, String what) {
        if (lacking) {
            remarks.add(name + " is left out: the policy has " + what + ".");
            return Optional.empty();
        }
        return Optional.of(true);
    }

    private Contender variant(String name, String says, Scorer scorer) {
        return variant(name, says, List.of(), Bias.NONE, List.of(new WeightedScorer(scorer, 1)));
    }

    private Contender variant(
            String name, String says, List<PrefaceMessage> preface, Bias bias, List<WeightedScorer> scorers) {
        Policy variant = new Policy(
                name,
                policy.version(),
                Stage.FULL,
                FailureMode.CLOSED,
                policy.route(),
                policy.upstream(),
                policy.model(),
                preface,
                bias,
                scorers,
                new Negative(Phrases.NONE, 0),
                UNLIMITED,
                Attachments.NONE);
        return new Contender(name, says, variant);
    }
}
