package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trimtab.bench.SteeringBench;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;

/** The command line, its processes, and a bench of one short answer a way. */
class BenchIT {
    @ParameterizedTest
    @CsvSource({
        "'', true",
        "--server.port=0, true",
        "--debug --a.b=c, true",
        "bench, false",
        "--help, false",
        "-h, false",
        "--a.b=c bench, false"
    })
    void arguments_ofSettingsAlone_serve(String line, boolean serves) {
        assertThat(Trimtab.serves(line.isEmpty() ? new String[0] : line.split(" ")))
                .isEqualTo(serves);
    }

    @ParameterizedTest
    @CsvSource({
        "--help, 0, serves; config/application.yml lists the keys",
        "bench --help, 0, --rounds",
        "bench --fast, 2, Unknown option: '--fast'",
        "bench --rounds 0, 2, --rounds: 0 (expected: at least 1)",
        "bench --tables none, 2, expected one of",
        "nonsense, 2, Unmatched argument at index 0: 'nonsense'"
    })
    void commandLine_saysWhatItTakes(String line, int status, String said) {
        StringWriter written = new StringWriter();
        CommandLine command = new CommandLine(new TrimtabCommand())
                .setOut(new PrintWriter(written))
                .setErr(new PrintWriter(written));

        assertThat(command.execute(line.split(" "))).isEqualTo(status);
        assertThat(written.toString()).contains(said);
        assertThat(written.toString()).doesNotContain("bare-proxy");
    }

    @Test
    void process_saysWhereItListens_andEndsWhenClosed() throws Exception {
        ServerProcess upstream = ServerProcess.start("fixed-upstream");
        ProcessHandle handle = ProcessHandle.of(upstream.pid()).orElseThrow();

        assertThat(upstream.url().toString()).matches("http://127[.]0[.]0[.]1:\\d+");
        assertThat(handle.isAlive()).isTrue();
        upstream.close();
        assertThat(handle.isAlive()).isFalse();
    }

    @Test
    void process_thatDoesNotStart_isAFailure() {
        assertThatThrownBy(() -> ServerProcess.start("nonsense"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not start");
    }

    @Test
    void steering_ofOneShortAnswerAWay_isTold() throws Exception {
        Path policies = BenchPolicies.write(Path.of("config/policies/brand-voice"));
        int port = BenchCommand.freePort();
        List<String> progress = new ArrayList<>();
        try (ConfigurableApplicationContext context = Trimtab.start(
                "--server.port=0", "--trimtab.policies-folder=" + policies, "--trimtab.demo.port=" + port)) {
            SteeringBench bench = new SteeringBench(8, 1, progress::add);
            URI gateway = URI.create(StartBlock.of(context).url() + "/v1");

            bench.measure(new SteeringBench.Setting(
                    "no latency", URI.create("http://127.0.0.1:" + port + "/v1"), gateway, List.of("0", "50")));

            List<String> rows = bench.markdown().lines().toList();
            assertThat(rows).hasSize(4);
            assertThat(rows.get(2)).startsWith("| no latency | 0.0 % | 1, 8 | 0.0 % | ");
            assertThat(rows.get(3)).startsWith("| no latency | ").doesNotContain("| 1, 8 |");
            assertThat(progress).hasSize(2);
        } finally {
            FileSystemUtils.deleteRecursively(policies);
        }
    }
}
