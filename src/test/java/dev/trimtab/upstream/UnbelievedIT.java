package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.token.ShownLaw;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.ProbeReport.Finding;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** What an upstream says is not believed: only what comes back counts. */
class UnbelievedIT {
    @Test
    void serverThatSaysYesToEverything_isBelievedNothing() {
        try (LyingServer server = new LyingServer()) {
            ProbeReport report = new Probe(server.settings(), "liar").run();

            Capabilities found = report.capabilities();
            assertThat(found.topLogprobs()).isEqualTo(14);
            assertThat(found.shownLaw()).isEqualTo(ShownLaw.RAW);
            assertThat(found.continuation()).isEqualTo(Continuation.NONE);
            assertThat(found.biasEntries()).isZero();
            assertThat(found.neutral()).isEmpty();
            assertThat(found.endRecords()).isEqualTo(EndRecords.NEVER);
            assertThat(found.whyNotSteerable(true)).contains("continuation: none");
            assertThat(values(report))
                    .containsEntry("prompt-ids", "yes")
                    .containsEntry("continuation by token-ids", "no")
                    .containsEntry("continuation by prefill", "no")
                    .containsEntry("continuation by text", "no")
                    .containsEntry("token-arrays", "no")
                    .containsEntry("bias-bans", "no")
                    .containsEntry("top_p", "no")
                    .containsEntry("top_k", "no")
                    .containsEntry("min_p", "no")
                    .containsEntry("n", "no")
                    .containsEntry("seed", "no")
                    .containsEntry("echo", "no")
                    .containsEntry("end-records", "never")
                    .containsEntry("steers-chats", "no");
        }
    }

    private static Map<String, String> values(ProbeReport report) {
        return report.findings().stream().collect(Collectors.toMap(Finding::name, Finding::value));
    }

    enum Broken {
        GARBAGE((call, response) ->
                response.header("content-type", "application/json").sendString(Mono.just("hello"))),
        EMPTY((call, response) ->
                response.header("content-type", "application/json").sendString(Mono.just("{}"))),
        FAILING((call, response) -> response.status(500).send()),
        HANGING((call, response) -> Mono.never()),
        UNAUTHORIZED((call, response) -> response.status(401).send());

        private final BiFunction<Integer, HttpServerResponse, Publisher<Void>> answer;

        Broken(BiFunction<Integer, HttpServerResponse, Publisher<Void>> answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void brokenServer_isTakenForAbleOfNothing_withinOneTimeOut(Broken broken) {
        try (LyingServer server = new LyingServer(broken.answer)) {
            long start = System.nanoTime();

            ProbeReport report = new Probe(server.settings(), "model", Duration.ofMillis(500)).run();

            assertThat(report.answered()).isFalse();
            assertThat(report.capabilities()).isEqualTo(Capabilities.CONSERVATIVE);
            assertThat(report.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.value()).isEqualTo(Finding.UNKNOWN);
                assertThat(finding.evidence()).isNotBlank();
            });
            assertThat(server.asked()).isBetween(1, Resilience.DEFAULT.retries().attempts());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    /** It answers the first question and fails all others. */
    @Test
    void serverThatFailsLater_isUnknown_andTheReportSaysThatItFailed() {
        String answer = "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"Once\"},\"finish_reason\":\"stop\"}]}";
        try (LyingServer server = new LyingServer((call, response) -> call == 0
                ? response.header("content-type", "application/json").sendString(Mono.just(answer))
                : response.status(500).send())) {

            ProbeReport report = new Probe(server.settings(), "model", Duration.ofSeconds(5)).run();

            assertThat(report.answered()).isTrue();
            assertThat(report.failed()).isPositive();
            assertThat(report.capabilities()).isEqualTo(Capabilities.CONSERVATIVE);
        }
    }
}
