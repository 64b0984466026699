package dev.trimtab.openai;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Files too large for the project, in a folder {@code shared} beside it or further up; tests without them are skipped. */
final class SharedFiles {
    private static final String FOLDER = "shared/data/openai";

    private SharedFiles() {}

    /** The calls that were recorded from the real API, by key. */
    static JsonNode recordings() {
        try (InputStream file = new GZIPInputStream(Files.newInputStream(find("recorded-chat.json.gz")))) {
            return Json.mapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schemas of the API's specification, by name. */
    static JsonNode schemas() {
        try {
            // Its descriptions start with lines of too many spaces, which the parser refuses.
            String yaml = Files.readString(find("openapi.yaml")).replaceAll("(?m)^ +$", "");
            return YAMLMapper.builder().build().readTree(yaml).at("/components/schemas");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path find(String name) {
        Optional<Path> file = Stream.iterate(Path.of("").toAbsolutePath(), up -> up != null, Path::getParent)
                .map(folder -> folder.resolve(FOLDER).resolve(name))
                .filter(Files::exists)
                .findFirst();
        assumeThat(file).as("%s/%s here or further up", FOLDER, name).isPresent();
        return file.orElseThrow();
    }
}
