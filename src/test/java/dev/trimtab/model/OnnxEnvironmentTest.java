package dev.trimtab.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OnnxEnvironmentTest {
    /** A process of its own, started with a command line as a build tool writes it. */
    static final class Start {
        public static void main(String[] args) {
            OnnxEnvironment.get();
        }
    }

    @Test
    void start_withALongCommandLine_survives() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dpadding=" + "a".repeat(100_000),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Start.class.getName())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
