package dev.trimtab.policy;

import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Scorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a policy of its folder, or says everything that is wrong with it. */
final class PolicyLoader {
    /** Reads an ONNX reweighting model and its tokenizer. */
    @FunctionalInterface
    interface PluginReader {
        /** Throws what says what is wrong with the files. */
        Scorer read(Path model, Path tokenizer) throws IOException;
    }

    private final Set<String> upstreams;
    private final PluginReader plugins;

    /** For gateways that speak to the upstreams named. */
    PolicyLoader(Set<String> upstreams, PluginReader plugins) {
        this.upstreams = upstreams;
        this.plugins = plugins;
    }

    Policy load(PolicyFolder folder, String version) throws BadPolicyException, IOException {
        Problems problems = new Problems(folder.name());
        PolicySpec spec = new PolicySpecReader(folder, problems).read();
        requireUpstream(spec.upstream(), folder.name());
        Bias bias = bias(folder, spec.bias(), problems);
        Policy policy = new Policy(
                folder.name(),
                version,
                spec.stage(),
                spec.failureMode(),
                spec.route(),
                spec.upstream(),
                spec.model(),
                spec.preface(),
                bias,
                scorers(folder, spec.scorers(), problems),
                spec.negative(),
                spec.limits(),
                spec.attachments());
        closeIfBad(policy, problems);
        return policy;
    }

    /** Nothing else is said about a policy that is made for another upstream. */
    private void requireUpstream(@Nullable String upstream, String policy) throws BadPolicyException {
        if (upstream != null && !upstreams.contains(upstream)) {
            Problems problems = new Problems(policy);
            problems.add("upstream", upstream, String.join(" or ", upstreams) + ", the upstream that is configured");
            problems.throwIfAny();
        }
    }

    private static Bias bias(PolicyFolder folder, @Nullable String file, Problems problems) throws IOException {
        if (file == null || file.isEmpty()) {
            return Bias.NONE;
        }
        try {
            return Bias.parse(Files.readString(folder.file(file)));
        } catch (IllegalArgumentException e) {
            problems.add("bias: " + file + ": " + e.getMessage());
            return Bias.NONE;
        }
    }

    private List<WeightedScorer> scorers(PolicyFolder folder, List<ScorerSpec> specs, Problems problems) {
        List<WeightedScorer> scorers = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            ScorerSpec spec = specs.get(i);
            if (spec.plugin().isEmpty() || spec.tokenizer().isEmpty()) {
                continue;
            }
            try {
                Scorer scorer = plugins.read(folder.file(spec.plugin()), folder.file(spec.tokenizer()));
                scorers.add(new WeightedScorer(scorer, spec.strength()));
            } catch (IOException | RuntimeException e) {
                problems.add("scorers[" + i + "].plugin: " + spec.plugin() + ": " + e.getMessage());
            }
        }
        return List.copyOf(scorers);
    }

    private static void closeIfBad(Policy policy, Problems problems) throws BadPolicyException {
        try {
            problems.throwIfAny();
        } catch (BadPolicyException e) {
            policy.close();
            throw e;
        }
    }
}
