package dev.trimtab.policy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;

class PolicyCatalogueTest {
    private static final String STEERING = "scorers: [{plugin: model.onnx, tokenizer: tokenizer.json}]\n";

    @TempDir
    Path root;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private PolicyFiles files;
    private PolicyCatalogue catalogue;

    @BeforeEach
    void open() {
        log.start();
        logger().addAppender(log);
        logger().setAdditive(false);
        files = new PolicyFiles(root);
        writeVoice("one", STEERING);
        files.write("bad/policy.yaml", "stage: half\nroute: scenic");
        files.write("foreign/policy.yaml", "upstream: elsewhere");
        files.write(".hidden/policy.yaml", "stage: half");
        catalogue = PolicyCatalogue.open(root, loader(), time, registry);
    }

    @AfterEach
    void close() {
        catalogue.close();
        logger().detachAppender(log);
        logger().setAdditive(true);
    }

    @Test
    void start_goodAndBadPolicies_servesTheGoodAndSaysOneLineForEachBad() {
        assertThat(catalogue.all()).extracting(Policy::name).containsExactly("voice");
        assertThat(lines())
                .containsExactly(
                        "WARN Policy bad is skipped: policies/bad/policy.yaml: stage: half (expected: off or full);"
                                + " policies/bad/policy.yaml: route: scenic (expected: drafted or stepwise or resampled or"
                                + " drafted-or-resampled)",
                        "WARN Policy foreign is skipped: policies/foreign/policy.yaml: upstream: elsewhere"
                                + " (expected: demo, the upstream that is configured)");
    }

    @Test
    void start_withoutFolder_servesNothing() {
        try (PolicyCatalogue none =
                PolicyCatalogue.open(root.resolve("nowhere"), loader(), time, new SimpleMeterRegistry())) {
            assertThat(none.all()).isEmpty();
            assertThat(none.find("voice")).isEmpty();
        }
    }

    @Test
    void poll_nothingChanged_readsAndSaysNothing() {
        log.list.clear();

        poll();

        assertThat(lines()).isEmpty();
        assertThat(files.scorers()).hasSize(1);
    }

    @Test
    void poll_changedPolicy_replacesItAndClosesTheOldAfterAWhile() {
        Policy old = voice();
        log.list.clear();
        writeVoice("another", STEERING);

        poll();

        assertThat(voice().version()).isNotEqualTo(old.version());
        assertThat(voice().scorers().get(0).scorer().name()).isEqualTo("another");
        assertThat(lines()).containsExactly("INFO Policy voice is now at version " + voice().version());
        assertThat(files.scorers().get(0).closed()).isFalse();
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(files.scorers()).extracting(NamedScorer::closed).containsExactly(true, false);
    }

    @Test
    void poll_badChange_keepsTheGoodVersionAndSaysSoOnce() {
        Policy old = voice();
        log.list.clear();
        writeVoice("one", "stage: half");

        poll();
        poll();

        assertThat(voice()).isSameAs(old);
        assertThat(lines())
                .containsExactly("WARN Policy voice stays at version " + old.version()
                        + ": policies/voice/policy.yaml: stage: half (expected: off or full)");
        assertThat(files.scorers().get(0).closed()).isFalse();
    }

    @Test
    void poll_badChangeMended_servesTheMendedVersion() {
        writeVoice("one", "stage: half");
        poll();
        writeVoice("mended", STEERING);

        poll();

        assertThat(voice().scorers().get(0).scorer().name()).isEqualTo("mended");
    }

    @Test
    void poll_newFolder_isServed() {
        files.write("late/policy.yaml", "stage: off");

        poll();

        assertThat(catalogue.find("late")).isPresent();
        assertThat(lines()).last().asString().startsWith("INFO Policy late is now at version ");
    }

    @Test
    void poll_removedFolder_isNotServedAnyMore() throws Exception {
        for (String name : List.of("policy.yaml", "model.onnx", "tokenizer.json", "")) {
            Files.delete(root.resolve("voice").resolve(name));
        }

        poll();

        assertThat(catalogue.find("voice")).isEmpty();
        assertThat(lines()).last().isEqualTo("INFO Policy voice is removed");
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(files.scorers().get(0).closed()).isTrue();
    }

    @Test
    void meters_countWhatWasRead() {
        writeVoice("another", STEERING);
        poll();

        assertThat(registry.get("trimtab.policies").gauge().value()).isEqualTo(1);
        assertThat(reads("loaded")).isEqualTo(2);
        assertThat(reads("refused")).isEqualTo(2);
    }

    @Test
    void close_closesScorersAndStopsPolling() {
        catalogue.close();
        writeVoice("another", STEERING);

        poll();

        assertThat(files.scorers()).singleElement().matches(NamedScorer::closed);
    }

    @Test
    void twoPolicies_thatServeTheSame_theOneThatIsServedStays_untilItServesItNoMore() {
        files.write("a/policy.yaml", "stage: off\nserves: {models: [m, n], headers: {X-Team: red}}");
        files.write("b/policy.yaml", "stage: off\nserves: {models: [n], headers: {x-team: red}}");
        poll();
        poll();

        assertThat(catalogue.find("b")).isEmpty();
        assertThat(lines())
                .filteredOn(line -> line.contains("Policy b "))
                .containsExactly(
                        "WARN Policy b is skipped: policies/b/policy.yaml: serves.models: n (expected: what no other"
                                + " policy serves; a does); policies/b/policy.yaml: serves.headers.x-team: red (expected: what no"
                                + " other policy serves; a does)");

        files.write("a/policy.yaml", "stage: off\nserves: {models: [m], headers: {X-Team: blue}}");
        poll();
        poll();

        assertThat(catalogue.find("b")).isPresent();
        assertThat(catalogue.find("a").orElseThrow().attachments())
                .isEqualTo(new Attachments(Set.of("m"), Map.of("x-team", "blue")));
    }

    @Test
    void servesThatAreNoTexts_areRefused() {
        files.write("late/policy.yaml", "serves: {models: [1], headers: {x-team: [red]}, keys: [k]}");

        poll();

        assertThat(lines())
                .last()
                .asString()
                .contains(
                        "serves.models[0]: 1 (expected: a model's name)",
                        "serves.headers.x-team: [\"red\"] (expected: a text)")
                .contains("serves.keys: [\"k\"] (expected: no such key; known: models, headers)");
    }

    private PolicyLoader loader() {
        return new PolicyLoader(Set.of("demo"), files::read);
    }

    private void poll() {
        time.advanceTimeBy(Duration.ofSeconds(2));
    }

    private Policy voice() {
        return catalogue.find("voice").orElseThrow();
    }

    private double reads(String outcome) {
        return registry.get("trimtab.policy.reads")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private void writeVoice(String model, String yaml) {
        files.write("voice/model.onnx", model);
        files.write("voice/tokenizer.json", "{}");
        files.write("voice/policy.yaml", yaml);
    }

    private List<String> lines() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    private static Logger logger() {
        Logger logger = (Logger) LoggerFactory.getLogger(PolicyCatalogue.class);
        logger.setLevel(Level.INFO);
        return logger;
    }
}
