package dev.trimtab;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the front of the house: what stands at the top level, and what stands in no file. */
class HouseTest {
    private static final Set<String> TOP_LEVEL = Set.of(
            "pom.xml",
            "mvnw",
            "mvnw.cmd",
            "Dockerfile",
            "README.md",
            "LICENSE",
            "NOTICE",
            "src",
            "helm",
            "config",
            ".ci",
            ".mvn",
            ".gitignore",
            ".gitattributes",
            ".dockerignore");

    /** Written in two halves each, so that this file is clean too. */
    private static final List<String> FORBIDDEN = Stream.of(
                    List.of("repo.maven", ".apache.org"),
                    List.of("repo1", ".maven.org"),
                    List.of("py", "pi.org"),
                    List.of("files.python", "hosted.org"),
                    List.of("registry", ".npmjs.org"),
                    List.of("registry-1", ".docker.io"),
                    List.of("/wo", "rk/"))
            .map(halves -> String.join("", halves))
            .toList();

    @Test
    void topLevel_isTheFixedList() throws Exception {
        TreeSet<String> unexpected = files().stream()
                .map(file -> file.getName(0).toString())
                .filter(name -> !TOP_LEVEL.contains(name))
                .collect(toCollection(TreeSet::new));
        assertThat(unexpected).as("files at the top level").isEmpty();
    }

    @Test
    void files_nameNoRegistryAndNoMachine() throws Exception {
        List<String> offenders = files().stream().flatMap(HouseTest::offences).toList();
        assertThat(offenders).as("registry hosts and paths of one machine").isEmpty();
    }

    private static Stream<String> offences(Path file) {
        String text = text(file);
        return FORBIDDEN.stream().filter(text::contains).map(forbidden -> file + ": " + forbidden);
    }

    /** Empty for what is no text. */
    private static String text(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return text.indexOf('\0') < 0 ? text : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file of the project as git sees it, tracked or about to be. */
    private static List<Path> files() throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(git.waitFor(30, TimeUnit.SECONDS) && git.exitValue() == 0, "not a git checkout");
        return Stream.of(names.split("\0"))
                .map(Path::of)
                .filter(Files::isRegularFile)
                .toList();
    }
}
