package dev.trimtab;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** Starts the gateway. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(GatewayWiring.class)
public class Trimtab {
    public static void main(String[] args) {
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
