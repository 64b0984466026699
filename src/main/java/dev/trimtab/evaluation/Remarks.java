package dev.trimtab.evaluation;

import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.upstream.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a reader has to know before trusting a figure. */
final class Remarks {
    private Remarks() {}

    static List<String> of(List<Result> results, List<Measured> measured, Capabilities upstream) {
        List<String> remarks = new ArrayList<>();
        int tokens = results.get(0).aim().tokens();
        for (int i = 0; i < results.size(); i++) {
            of(results.get(i), measured.get(i).contender().policy(), tokens, upstream, remarks);
        }
        return remarks;
    }

    private static void of(Result result, Policy policy, int baseTokens, Capabilities upstream, List<String> remarks) {
        Result.Aim aim = result.aim();
        if (aim.untold() > 0) {
            remarks.add(String.format(
                    Locale.ROOT,
                    "%s: the upstream does not tell the probability of %d of %d tokens; the most that it can be is taken,"
                            + " so its nats/token are at least what is said.",
                    result.name(),
                    aim.untold(),
                    aim.tokens()));
        }
        if (aim.forbidden() > 0) {
            remarks.add(result.name() + ": " + aim.forbidden()
                    + " tokens of the wanted answers are forbidden by it; they are not in its nats/token.");
        }
        if (aim.unscored() > 0) {
            remarks.add(result.name() + ": " + aim.unscored() + " tokens lie behind the context of a scorer.");
        }
        if (aim.tokens() + aim.forbidden() != baseTokens) {
            remarks.add(result.name() + ": its wanted answers were read as " + aim.tokens() + " tokens instead of "
                    + baseTokens + "; nats/token compare only roughly.");
        }
        if (!policy.bias().isEmpty() && upstream.hidesBias() && upstream.biasEntries() > 0) {
            remarks.add(result.name()
                    + ": the upstream does not show its law under the pushed bias; tokens that are not shown are taken for"
                    + " unbiased in its normaliser.");
        }
        if (policy.route() == Route.RESAMPLED) {
            remarks.add(result.name() + ": its answers are drawn from whole drafts, near p only as drafts are added.");
        }
    }
}
