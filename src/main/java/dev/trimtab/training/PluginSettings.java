package dev.trimtab.training;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a policy is fitted to, and how.
 *
 * @param data wanted answers, one JSON object a line
 * @param out the policy's folder
 * @param preface the most examples to be put before a conversation, ≥ 0
 * @param given wanted answers that are put before a conversation instead, or null to choose among the data
 * @param bias the most entries of a pushed bias, ≥ 0
 * @param scorer what a scorer is to be
 * @param seed of splits and choices
 * @param version of this program
 */
public record PluginSettings(
        Path data,
        Path out,
        int preface,
        @Nullable Path given,
        int bias,
        ScorerOptions scorer,
        long seed,
        String version) {
    public PluginSettings {
        Required.atLeast(0, "preface", preface);
        Required.that(preface == 0 || given == null, "preface", preface, "nothing beside preface-examples");
        Required.atLeast(0, "bias", bias);
    }

    /** The folder of the policy whose scorer is fitted at a price: one price is none that the name need tell. */
    Path out(double price) {
        return scorer.prices().size() == 1 ? out : out.resolveSibling(out.getFileName() + "-price-" + price);
    }
}
