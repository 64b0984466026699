package dev.trimtab;

import dev.trimtab.model.ModelException;
import dev.trimtab.openai.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Runs what a command is for. */
final class CommandRun {
    private static final Path POLICIES = Path.of("config/policies");

    private CommandRun() {}

    /** What a command is for. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** The command's status: 1 where it fails, which is said on standard error. */
    static int status(Work work) {
        try {
            work.run();
            return 0;
        } catch (IllegalArgumentException | ModelException | ApiException failure) {
            System.err.println(failure.getMessage());
        } catch (NoSuchFileException missing) {
            System.err.println(missing.getFile() + ": nothing is there (expected: a file)");
        } catch (FileAlreadyExistsException taken) {
            System.err.println(taken.getFile() + ": a file (expected: a folder)");
        } catch (IOException | UncheckedIOException unnamed) {
            System.err.println(unnamed);
        }
        return 1;
    }

    /**
     * A policy's folder.
     *
     * @param named its path, or its name in config/policies
     * @throws IllegalArgumentException where none is there
     */
    static Path policy(String option, Path named) {
        Path folder = Files.isDirectory(named) ? named : POLICIES.resolve(named);
        if (!Files.isRegularFile(folder.resolve("policy.yaml"))) {
            throw new IllegalArgumentException(
                    option + ": " + named + " (expected: a policy's folder, or its name in " + POLICIES + ")");
        }
        return folder;
    }

    /** Of this program. */
    static String version() {
        return Objects.requireNonNullElse(CommandRun.class.getPackage().getImplementationVersion(), "unreleased");
    }
}
