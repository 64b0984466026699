package dev.trimtab.evaluation;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Files too large for the project, in a folder {@code shared} beside it or further up; tests without them are skipped. */
final class SharedData {
    private SharedData() {}

    /** @param name below {@code shared/data} */
    static Path find(String name) {
        Path wanted = Path.of("shared", "data").resolve(name);
        Optional<Path> file = Stream.iterate(Path.of("").toAbsolutePath(), up -> up != null, Path::getParent)
                .map(folder -> folder.resolve(wanted))
                .filter(Files::exists)
                .findFirst();
        assumeThat(file).as("%s here or further up", wanted).isPresent();
        return file.orElseThrow();
    }
}
