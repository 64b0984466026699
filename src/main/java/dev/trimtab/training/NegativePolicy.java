package dev.trimtab.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The folder of a policy that avoids something, beside the one that it will take the place of.
 *
 * @param written where it is while it is not whole
 */
record NegativePolicy(NegativeSettings settings, AskedModel model, Path written) {
    /** Begins one. */
    static NegativePolicy begin(NegativeSettings settings, AskedModel model) throws IOException {
        Path root = Objects.requireNonNull(settings.out().toAbsolutePath().getParent());
        return new NegativePolicy(settings, model, PolicyWriting.begin(Files.createDirectories(root)));
    }

    void add(FittedScorer fitted, String provenance) throws IOException {
        fitted.write(written, settings.int8(), Map.of("trimtab.provenance", provenance));
        Files.writeString(written.resolve("policy.yaml"), PolicyWriting.yaml(parts(fitted, provenance)));
    }

    /** Adds the card, which it returns, and puts the folder in its place. */
    String finish(String card) throws IOException {
        Files.writeString(written.resolve("CARD.md"), card);
        PolicyWriting.replace(settings.out().toAbsolutePath(), written);
        return card;
    }

    private PolicyParts parts(FittedScorer fitted, String provenance) {
        return new PolicyParts(
                "Avoids what " + settings.source().getFileName() + " names; see CARD.md.",
                model.upstream().name(),
                model.name(),
                List.of(),
                Map.of(),
                fitted,
                settings.int8(),
                provenance);
    }
}
