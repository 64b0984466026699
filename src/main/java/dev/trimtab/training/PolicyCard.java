package dev.trimtab.training;

import dev.trimtab.token.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was found of each lever, and the policies that come of it.
 *
 * @param data the examples' hash
 * @param examples how many there are
 * @param noBias why no bias could be fitted, or null where one could
 * @param fitted a scorer for each price, or none
 */
record PolicyCard(
        PluginSettings settings,
        AskedModel model,
        String data,
        int examples,
        Preface preface,
        BiasFit.Fitted bias,
        @Nullable String noBias,
        PolicyScorer scorer,
        List<FittedScorer> fitted) {

    /** Writes a folder for each price. */
    void write() throws IOException {
        if (fitted.isEmpty()) {
            write(settings.out(), null);
        }
        for (FittedScorer one : fitted) {
            write(settings.out(one.price()), one.pays() ? one : null);
        }
    }

    private void write(Path folder, @Nullable FittedScorer one) throws IOException {
        Map<Token, Double> pushed = one == null ? bias.pushed() : scorer.bias(one);
        PolicyParts parts = new PolicyParts(
                "Fitted to " + settings.data().getFileName() + "; see CARD.md.",
                model.upstream().name(),
                model.name(),
                preface.messages(),
                pushed,
                one,
                settings.scorer().int8(),
                text());
        PolicyWriting.write(folder, parts, model::idOf);
    }

    /** The card, Markdown. */
    String text() {
        return String.format(
                Locale.ROOT,
                """
                # A policy fitted to examples

                | lever | | nats/token of examples that it was not fitted to | drafts that do not stand |
                | --- | --- | --- | --- |
                | preface | %d examples | %.3f | 0 |
                | bias | %s | %.3f | 0 |
                %s
                - A scorer is judged behind the preface and the bias, which were fitted to all examples
                - Examples: %d (`%s`, SHA-256 `%s`), %s
                - Upstream: %s, model %s, `%s`
                - Settings: preface %d, bias %d, seed %d; price on squared nats %s; %d candidates shown
                %s- Trimtab %s
                """,
                preface.examples().size(),
                bias.before().mean(),
                noBias == null ? found(bias) : "left out: " + noBias,
                bias.heldOut().mean(),
                fitted.stream().map(PolicyCard::row).collect(Collectors.joining()),
                examples,
                Objects.requireNonNull(settings.data().getFileName()),
                data,
                settings.given() == null
                        ? "those of the preface among them"
                        : "those of the preface apart (`" + settings.given().getFileName() + "`), untried",
                model.upstream().name(),
                model.name(),
                model.fingerprint(),
                settings.preface(),
                settings.bias(),
                settings.seed(),
                bias.price(),
                model.asked().capabilities().topLogprobs(),
                fitted.stream().findFirst().map(this::shape).orElse(""),
                settings.version());
    }

    private String shape(FittedScorer any) {
        TransformerShape shape = any.weights().shape();
        Path from = settings.scorer().from();
        return String.format(
                Locale.ROOT,
                "- Scorer: %d layers of width %d, context %d%s%n",
                shape.layers(),
                shape.width(),
                shape.context(),
                from == null ? "" : ", begun with " + from.getFileName());
    }

    private static String found(BiasFit.Fitted bias) {
        return bias.pays() ? bias.nats().size() + " entries" : "left out, it does not pay";
    }

    private static String row(FittedScorer one) {
        return String.format(
                Locale.ROOT,
                "| scorer at price %s | %s, from %.3f | %.3f | %.1f %% |%n",
                one.price(),
                one.pays() ? "kept" : "left out, it does not pay",
                one.before().lossPerToken(),
                one.after().lossPerToken(),
                100 * one.after().suppressedMass());
    }
}
