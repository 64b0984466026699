package dev.trimtab;

import dev.trimtab.bench.PassingBench;
import dev.trimtab.bench.SoakBench;
import dev.trimtab.bench.SteeringBench;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the gateway beside what it stands in front of, each server in a process of its own. */
@Command(
        name = "bench",
        description = {
            "Measure what passing on and what steering cost, side by side on this machine.",
            "Prints Markdown tables; progress goes to standard error."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int TOKENS = 128;
    private static final int ANSWERS_A_ROUND = 10;
    private static final Path POLICIES = Path.of("config/policies");
    private static final Path SCORER = POLICIES.resolve("brand-voice");

    enum Part {
        passing,
        steering,
        bias,
        drafting,
        soak
    }

    @Option(
            names = "--rounds",
            description = "How often everything is measured; 1 is quick. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--tables",
            split = ",",
            description = "Which of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Set<Part> tables = EnumSet.complementOf(EnumSet.of(Part.soak));

    @Option(names = "--base-url", description = "Instead of the demo's, the bias table's upstream; it asks for no key.")
    private @Nullable URI baseUrl;

    @Option(names = "--model", description = "That upstream's model. Default: ${DEFAULT-VALUE}.")
    private String model = "demo";

    @Option(names = "--streams", description = "Clients at once in the soak. Default: ${DEFAULT-VALUE}.")
    private int streams = 200;

    @Option(names = "--minutes", description = "How long the soak loads the gateway. Default: ${DEFAULT-VALUE}.")
    private int minutes = 30;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        check(rounds >= 1, "--rounds: " + rounds + " (expected: at least 1)");
        check(streams >= 1, "--streams: " + streams + " (expected: at least 1)");
        check(minutes >= 1, "--minutes: " + minutes + " (expected: at least 1)");
        check(Files.isDirectory(SCORER), SCORER + ": nothing (expected: a policy; run this beside the folder config)");
        Path policies = BenchPolicies.write(SCORER);
        try {
            System.out.printf(
                    "Measured by `java -jar target/trimtab.jar bench`: %d processors, JDK %s, %s.%n%n",
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.version().feature(),
                    LocalDate.now(ZoneId.systemDefault()));
            if (tables.contains(Part.passing)) {
                System.out.println(passing(policies));
            }
            if (tables.contains(Part.steering)) {
                System.out.println(steering(policies));
            }
            if (tables.contains(Part.bias)) {
                System.out.println(bias(policies));
            }
            if (tables.contains(Part.drafting)) {
                System.out.println(new DraftingServers(policies).measure(ANSWERS_A_ROUND * rounds, BenchCommand::say));
            }
            return tables.contains(Part.soak) ? soak() : 0;
        } finally {
            FileSystemUtils.deleteRecursively(policies);
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), otherwise);
        }
    }

    private String passing(Path policies) throws IOException {
        try (ServerProcess upstream = ServerProcess.start("fixed-upstream");
                ServerProcess floor =
                        ServerProcess.start("bare-proxy", upstream.url().toString());
                ServerProcess gateway =
                        gateway(policies.resolve("none"), "trimtab.upstream.base-url=" + upstream.url() + "/v1");
                PassingBench bench = new PassingBench(
                        List.of(
                                server("direct", upstream),
                                server("bare Reactor Netty proxy", floor),
                                server("Trimtab, unsteered", gateway)),
                        BenchCommand::say)) {
            return bench.run(PassingBench.Times.of(rounds));
        }
    }

    private static PassingBench.Server server(String name, ServerProcess process) {
        return new PassingBench.Server(name, process.url(), process.pid());
    }

    private String steering(Path policies) throws IOException {
        SteeringBench bench = new SteeringBench(TOKENS, rounds, BenchCommand::say);
        measure(bench, policies, "5 ms a call", "5ms", "0ms", BenchPolicies.NAMES);
        measure(bench, policies, "50 ms a call", "50ms", "0ms", BenchPolicies.NAMES);
        measure(bench, policies, "5 ms a call, 20 ms a token", "5ms", "20ms", BenchPolicies.NAMES.subList(0, 1));
        return bench.markdown();
    }

    private static void measure(
            SteeringBench bench, Path policies, String name, String call, String token, List<String> changes)
            throws IOException {
        int port = freePort();
        try (ServerProcess gateway = gateway(
                policies,
                "trimtab.demo.port=" + port,
                "trimtab.demo.call-latency=" + call,
                "trimtab.demo.token-latency=" + token)) {
            bench.measure(new SteeringBench.Setting(
                    name,
                    URI.create("http://127.0.0.1:" + port + "/v1"),
                    gateway.url().resolve("/v1"),
                    changes));
        }
    }

    @SuppressWarnings("try")
    private String bias(Path policies) throws IOException {
        int answers = ANSWERS_A_ROUND * rounds;
        if (baseUrl != null) {
            return new BiasServers(baseUrl, model).measure(answers, BenchCommand::say);
        }
        int port = freePort();
        try (ServerProcess demo = gateway(policies.resolve("none"), "trimtab.demo.port=" + port)) {
            return new BiasServers(URI.create("http://127.0.0.1:" + port + "/v1"), DemoUpstream.NAME)
                    .measure(answers, BenchCommand::say);
        }
    }

    /** Prints what it has measured; the status is 1 where something was held on to. */
    private int soak() throws IOException {
        try (ServerProcess gateway = gateway(
                POLICIES, "trimtab.demo.token-latency=20ms", "trimtab.limits.concurrent-requests=" + 2 * streams)) {
            SoakBench bench = new SoakBench(gateway.url(), gateway.pid(), BenchCommand::say);
            SoakBench.Times times =
                    new SoakBench.Times(Duration.ofMinutes(10), Duration.ofSeconds(100), Duration.ofMinutes(minutes));
            boolean met = bench.run(streams, times);
            System.out.println(bench.markdown());
            return met ? 0 : 1;
        }
    }

    /** A gateway with its own defaults, whatever this folder's configuration and the environment say. */
    static ServerProcess gateway(Path policies, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.add("--spring.config.location=classpath:/application.yml");
        arguments.add("--server.port=0");
        arguments.add("--trimtab.policies-folder=" + policies);
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return ServerProcess.start(arguments.toArray(String[]::new));
    }

    private static void say(String progress) {
        System.err.println(progress);
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
