package dev.trimtab;

import dev.trimtab.bench.LoopbackServer;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The command line. */
@Command(
        name = "trimtab",
        description = "An OpenAI-compatible gateway that steers a closed language model in flight.",
        synopsisHeading = "Usage: trimtab [--KEY=VALUE...]%n  serves; config/application.yml lists the keys%nUsage: ",
        subcommands = {BenchCommand.class, EvaluateCommand.class, ProbeCommand.class, TrainCommand.class})
final class TrimtabCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    /** A part of the bench in a process of its own. */
    @Command(name = "fixed-upstream", hidden = true)
    void fixedUpstream() {
        serve(LoopbackServer.fixedUpstream());
    }

    /** A part of the bench in a process of its own. */
    @Command(name = "bare-proxy", hidden = true)
    void bareProxy(@Parameters(paramLabel = "UPSTREAM") URI upstream) {
        serve(LoopbackServer.bareProxy(upstream));
    }

    private static void serve(LoopbackServer server) {
        System.out.println("ready: " + server.url());
        server.await();
    }
}
