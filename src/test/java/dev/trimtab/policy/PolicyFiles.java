package dev.trimtab.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes policy folders below a temporary root and reads plugins as {@link NamedScorer}s. */
final class PolicyFiles {
    private final Path root;
    private final List<NamedScorer> scorers = new ArrayList<>();

    PolicyFiles(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    PolicyFolder folder(String name) {
        return new PolicyFolder(root.resolve(name));
    }

    void write(String file, String text) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every scorer that was read, in order. */
    List<NamedScorer> scorers() {
        return scorers;
    }

    NamedScorer read(Path model, Path tokenizer) throws IOException {
        String text = Files.readString(model);
        if (text.contains("broken")) {
            throw new IOException("no ONNX model");
        }
        NamedScorer scorer = new NamedScorer(text);
        scorers.add(scorer);
        return scorer;
    }
}
