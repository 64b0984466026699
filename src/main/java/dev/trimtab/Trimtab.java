package dev.trimtab;

import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import picocli.CommandLine;

/** Starts the gateway, or the subcommand that is named. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({UpstreamWiring.class, GatewayWiring.class, ProbeWiring.class})
public class Trimtab {
    /** Says on standard output which of its files it has found, where a command's own report belongs. */
    private static final String CHATTY = "ai.djl";

    public static void main(String[] args) {
        if (serves(args)) {
            serve(args);
        } else {
            LoggingSystem.get(Trimtab.class.getClassLoader()).setLogLevel(CHATTY, LogLevel.WARN);
            System.exit(new CommandLine(new TrimtabCommand()).execute(args));
        }
    }

    /** True where nothing but settings is given. */
    static boolean serves(String... args) {
        return Arrays.stream(args).allMatch(arg -> arg.startsWith("--") && !arg.equals("--help"));
    }

    private static void serve(String... args) {
        try {
            System.out.println(StartBlock.of(start(args)).text());
        } catch (RuntimeException reported) {
            System.exit(1);
        }
    }

    /** Starts it; a failure has been reported when it is thrown. */
    static ConfigurableApplicationContext start(String... args) {
        return new SpringApplication(Trimtab.class).run(args);
    }
}
