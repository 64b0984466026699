package dev.trimtab;

import dev.trimtab.model.ModelException;
import dev.trimtab.openai.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Runs what a command is for. */
final class CommandRun {
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

    /** Of this program. */
    static String version() {
        return Objects.requireNonNullElse(CommandRun.class.getPackage().getImplementationVersion(), "unreleased");
    }
}
