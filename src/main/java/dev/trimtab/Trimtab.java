package dev.trimtab;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the gateway. */
@SpringBootApplication
public class Trimtab {
    public static void main(String[] args) {
        SpringApplication.run(Trimtab.class, args);
    }
}
