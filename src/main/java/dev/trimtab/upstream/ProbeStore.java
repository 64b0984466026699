package dev.trimtab.upstream;

import dev.trimtab.openai.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Probe reports in one JSON file: the last of each upstream and model. */
public final class ProbeStore {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeStore.class);

    private final Path file;

    public ProbeStore(Path file) {
        this.file = file;
    }

    /** The report about a model, or the last about any where no model is named. */
    public Optional<ProbeReport> find(URI baseUrl, @Nullable String model) {
        return read().stream()
                .filter(report -> report.baseUrl().equals(baseUrl))
                .filter(report -> model == null || model.equals(report.model()))
                .reduce((earlier, later) -> later);
    }

    /**
     * Keeps a report in place of the one about the same upstream and model.
     *
     * @throws UncheckedIOException where the file cannot be written
     */
    public synchronized void keep(ProbeReport report) {
        List<ProbeReport> reports = new ArrayList<>(read());
        reports.removeIf(old -> old.baseUrl().equals(report.baseUrl()) && Objects.equals(old.model(), report.model()));
        reports.add(report);
        Path whole = file.toAbsolutePath();
        try {
            Path folder = Files.createDirectories(Objects.requireNonNull(whole.getParent()));
            Path written = Files.createTempFile(folder, "probes", ".json");
            Files.write(written, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(reports));
            Files.move(written, whole, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ProbeReport> read() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return List.of(Json.mapper().readValue(Files.readAllBytes(file), ProbeReport[].class));
        } catch (IOException | JacksonException unreadable) {
            LOG.warn("{}: not readable (expected: what a probe has stored); it will be written anew", file);
            return List.of();
        }
    }
}
