package dev.trimtab;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;

/** The whole application with its demo, as a client meets it, and what it has counted. */
final class RunningTrimtab implements AutoCloseable {
    static final String EAGLE =
            "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]";

    /** What each model says about it at temperature 0: the demo as it is, and as the policy steers it. */
    static final Map<String, String> ANSWERS = Map.of(
            "demo",
            "The Eagle is a cheap Japanese coffee shop in the riverside area.",
            "brand-voice",
            "If you are looking for a cheap Japanese coffee shop in the riverside area, try The Eagle.");

    /** The demo's end token: where it is forbidden an answer goes on for hundreds of tokens, with n = 16 for many seconds. */
    static final String END = "0";

    private final ConfigurableApplicationContext application = Trimtab.start("--server.port=0");

    /** What a client's base URL is changed to. */
    String baseUrl() {
        return StartBlock.of(application).url() + "/v1";
    }

    /** Waits until no request is in flight, and fails when that takes nearly as long as an endless answer for n = 16. */
    void awaitIdle() {
        Flux.interval(Duration.ofMillis(10)).filter(tick -> inFlight() == 0).blockFirst(Duration.ofSeconds(5));
    }

    double inFlight() {
        return application
                .getBean(MeterRegistry.class)
                .get("trimtab.requests.in.flight")
                .gauge()
                .value();
    }

    @Override
    public void close() {
        application.close();
    }
}
