package dev.trimtab.evaluation;

import dev.trimtab.evaluation.Result.Aim;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.upstream.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a reader has to know before trusting a figure. */
final class Remarks {
    private final int tokens;
    private final Capabilities upstream;

    /**
     * For one upstream.
     *
     * @param tokens of the wanted answers as the unsteered upstream reads them
     */
    private Remarks(int tokens, Capabilities upstream) {
        this.tokens = tokens;
        this.upstream = upstream;
    }

    /**
     * Of all results.
     *
     * @param counted whether phrases that are not wanted are named
     */
    static List<String> of(List<Result> results, List<Measured> measured, Capabilities upstream, boolean counted) {
        Remarks remarks = new Remarks(results.get(0).aim().tokens(), upstream);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            String name = results.get(i).name() + ": ";
            Policy policy = measured.get(i).contender().policy();
            Stream.of(
                            remarks.of(results.get(i).aim()),
                            remarks.of(policy),
                            failed(measured.get(i)),
                            counted ? leftOut(measured.get(i)) : Stream.<String>empty())
                    .flatMap(said -> said)
                    .forEach(said -> all.add(name + said));
        }
        return all;
    }

    private Stream<String> of(Aim aim) {
        return Stream.of(
                        when(aim.untold() > 0, untold(aim)),
                        when(aim.forbidden() > 0, forbidden(aim)),
                        when(aim.unscored() > 0, aim.unscored() + " tokens lie behind the context of a scorer."),
                        when(aim.tokens() + aim.forbidden() != tokens, readOtherwise(aim)))
                .flatMap(Optional::stream);
    }

    private Stream<String> of(Policy policy) {
        boolean hidden = !policy.bias().isEmpty() && upstream.hidesBias() && upstream.biasEntries() > 0;
        return Stream.of(when(hidden, hidden()), when(policy.route() == Route.RESAMPLED, resampled()))
                .flatMap(Optional::stream);
    }

    private static Stream<String> failed(Measured measured) {
        List<String> failures = Stream.concat(measured.outputs().stream(), measured.outside().stream())
                .flatMap(output -> Stream.ofNullable(output.failure()))
                .toList();
        return failures.stream()
                .limit(1)
                .map(first -> failures.size() + " of its answers failed; as texts they are empty, and what they took is"
                        + " not counted. The first: " + first);
    }

    private static Stream<String> leftOut(Measured measured) {
        int answers = measured.outputs().size();
        long failed = measured.outputs().stream()
                .filter(output -> output.failure() != null)
                .count();
        return when(
                failed > 0,
                "unwanted phrases are looked for in the " + (answers - failed) + " of its " + answers
                        + " answers that did not fail; " + failed + " are left out.")
                .stream();
    }

    private static Optional<String> when(boolean holds, String said) {
        return holds ? Optional.of(said) : Optional.empty();
    }

    private static String untold(Aim aim) {
        return "the upstream does not tell the probability of " + aim.untold() + " of " + aim.tokens()
                + " tokens; the most that it can be is taken, so its nats/token are at least what is said.";
    }

    private static String forbidden(Aim aim) {
        return aim.forbidden() + " tokens of the wanted answers are forbidden by it; they are not in its nats/token.";
    }

    private String readOtherwise(Aim aim) {
        return "its wanted answers were read as " + (aim.tokens() + aim.forbidden()) + " tokens instead of " + tokens
                + "; nats/token compare only roughly.";
    }

    private static String hidden() {
        return "the upstream does not show its law under the pushed bias; tokens that are not shown are taken for unbiased"
                + " in its normaliser.";
    }

    private static String resampled() {
        return "its answers are drawn from whole drafts, near p only as drafts are added.";
    }
}
